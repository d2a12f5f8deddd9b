"""Feast with its SQLite online store, in process: materialize, and get_online_features read to Python values.

Started with one argument of JSON: {"folder", "key", "views": {name: {"path", "time", "fields": {name: type}}}}. Then asked by lines of JSON on standard
input, each answered by a line of JSON; what takes time says its seconds and the peak of resident memory so far:

    {"materialize": true}       loads all views from their files, over what was loaded before
    {"read": [[key, ...], ...]} one call for each list of keys
    {"values": [key, ...]}      the values of each key, in the order of views and fields
"""

import json
import sys
import time
import warnings
from datetime import datetime, timedelta, timezone
from pathlib import Path

warnings.filterwarnings("ignore")

import feast
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, ValueType, types

given = json.loads(sys.argv[1])
folder = Path(given["folder"])
key = given["key"]
# Feast's guide to tuning says: the registry kept in memory, and features asked for by a feature service. A cache of 0 seconds is kept for ever.
(folder / "feature_store.yaml").write_text(
    f"""project: peers
provider: local
registry:
  path: {folder / "registry.db"}
  cache_ttl_seconds: 0
offline_store:
  type: duckdb
online_store:
  type: sqlite
  path: {folder / "online.db"}
entity_key_serialization_version: 3
materialization:
  online_write_batch_size: 10000
"""
)
entity = Entity(name=key, join_keys=[key], value_type=ValueType.STRING)
views = [
    FeatureView(
        name=name,
        entities=[entity],
        ttl=timedelta(0),
        schema=[Field(name=field, dtype=getattr(types, dtype)) for field, dtype in view["fields"].items()],
        source=FileSource(name=f"{name}_source", path=view["path"], timestamp_field=view["time"]),
        online=True,
    )
    for name, view in given["views"].items()
]
store = FeatureStore(repo_path=str(folder))
store.apply([entity, *views, FeatureService(name="all", features=views)])
service = store.get_feature_service("all")
names = [f"{name}__{field}" for name, view in given["views"].items() for field in view["fields"]]


def get(keys):
    rows = [{key: one} for one in keys]
    return store.get_online_features(features=service, entity_rows=rows, full_feature_names=True).to_dict()


def materialize():
    store.materialize(datetime(1970, 1, 2, tzinfo=timezone.utc), datetime(2100, 1, 1, tzinfo=timezone.utc))


def read(calls):
    for keys in calls:
        get(keys)


def timed(work):
    started = time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - started, "peak": peak()}


def peak():
    """The largest resident set of this process that there was, in bytes."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def answer(asked):
    if "materialize" in asked:
        return timed(materialize)
    if "read" in asked:
        return timed(lambda: read(asked["read"]))
    values = get(asked["values"])
    return {"rows": list(zip(*(values[name] for name in names)))}


print(json.dumps({"feast": feast.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
