"""Writes clocks.json: what Python's zoneinfo says, with the files of PyPI's tzdata.

    python3 -m venv FOLDER && FOLDER/bin/pip install tzdata==2026.3
    PYTHONTZPATH= FOLDER/bin/python test/golden/time-zones/make.py
"""

import importlib.metadata
import json
import pathlib
import random
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

assert importlib.metadata.version("tzdata") == "2026.3"
generator = random.Random(2026)
epoch = datetime(1970, 1, 1)

# The same moments for every zone: whole seconds, 1850 to 2250, most of them of our time.
moments = sorted(
    [generator.randrange(-3_786_912_000, 8_835_955_200) for _ in range(12)]
    + [generator.randrange(-1_500_000_000, 2_500_000_000) for _ in range(12)]
)
offsets = {}
for name in sorted(available_timezones() - {"Factory"}):
    zone = ZoneInfo(name)
    offsets[name] = [
        int(zone.utcoffset((epoch + timedelta(seconds=moment)).replace(tzinfo=timezone.utc).astimezone(zone)).total_seconds())
        for moment in moments
    ]

# Times on the wall of some zones within hours of a change, read with fold=0: [zone, wall, moment], as seconds.
walls = []
changes = {
    "Europe/Berlin": ["2024-03-31T02", "2024-10-27T02", "1945-05-24T02", "1893-04-01T00", "2200-03-30T02"],
    "America/New_York": ["2024-03-10T02", "2024-11-03T01", "1883-11-18T12", "1942-02-09T02"],
    "Australia/Lord_Howe": ["2024-04-07T02", "2024-10-06T02"],
    "Pacific/Apia": ["2011-12-30T00", "1892-07-04T12"],
    "America/Sao_Paulo": ["2018-11-04T00", "2018-02-18T00"],
    "America/Toronto": ["1919-03-30T23"],
    "Asia/Kathmandu": ["1986-01-01T00"],
    "Africa/Monrovia": ["1972-01-07T00"],
    "Europe/Dublin": ["2024-03-31T01", "2024-10-27T01"],
    "Antarctica/Troll": ["2024-03-31T02", "2024-10-27T02"],
    "Asia/Manila": ["1844-12-31T12"],
}
for name, hours in changes.items():
    zone = ZoneInfo(name)
    for hour in hours:
        around = datetime.fromisoformat(hour + ":00:00")
        for _ in range(24):
            wall = around + timedelta(seconds=generator.randrange(-7_200, 10_800))
            moment = wall.replace(tzinfo=zone, fold=0).timestamp()
            walls.append([name, int((wall - epoch).total_seconds()), int(moment)])

lines = ",\n".join(f"{json.dumps(name)}:{json.dumps(own, separators=(',', ':'))}" for name, own in offsets.items())
path = pathlib.Path(__file__).with_name("clocks.json")
path.write_text(
    f'{{"release":"2026c","moments":{json.dumps(moments)},\n"offsets":{{{lines}}},\n'
    f'"walls":{json.dumps(walls, separators=(",", ":"))}}}\n'
)
