"""Writes schemas and messages by fastavro: what another tool takes for Avro.

    python3 -m venv FOLDER && FOLDER/bin/pip install fastavro==1.13.1
    FOLDER/bin/python test/golden/avro/make.py

values.avsc has a field of each type, values-2.avsc is what became of it. events.json has messages in hexadecimal, each with the columns that it holds as the language has them, or the one that is no value:
ints beyond 2^53 as texts of digits, moments in microseconds.
"""

import datetime as dt
import io
import json
import struct
from pathlib import Path

import fastavro
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

here = Path(__file__).parent


def union(kind):
    return ["null", kind]


def logical(kind, name):
    return {"type": kind, "logicalType": name}


color = {"type": "enum", "name": "Color", "symbols": ["RED", "GREEN", "BLUE"], "default": "RED"}
point = {"type": "record", "name": "Point", "fields": [{"name": "x", "type": "double"}, {"name": "label", "type": "string"}]}
tree = {
    "type": "record",
    "name": "Tree",
    "fields": [{"name": "leaf", "type": "int"}, {"name": "below", "type": {"type": "array", "items": "Tree"}}],
}
fields = [
    ("flag", "boolean"),
    ("small", "int"),
    ("large", "long"),
    ("single", "float"),
    ("price", "double"),
    ("shop", "string"),
    ("color", color),
    ("millis", logical("long", "timestamp-millis")),
    ("micros", logical("long", "timestamp-micros")),
    ("nanos", logical("long", "timestamp-nanos")),
    ("day", logical("int", "date")),
    ("maybe", union("long")),
    ("either", ["string", "null", "long"]),
    ("tags", {"type": "array", "items": "string"}),
    ("numbers", {"type": "array", "items": ["null", "long"]}),
    ("moments", {"type": "array", "items": logical("long", "timestamp-micros")}),
    ("look", union({"type": "array", "items": "float"})),
    # No column reads what follows.
    ("raw", "bytes"),
    ("money", {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}),
    ("digest", {"type": "fixed", "name": "Digest", "size": 5}),
    ("again", union("Color")),
    ("notes", {"type": "map", "values": union("string")}),
    ("point", union(point)),
    ("points", {"type": "array", "items": "Point"}),
    ("tree", tree),
    ("nothing", "null"),
    ("uuid", logical("string", "uuid")),
]
first = {
    "type": "record",
    "name": "Values",
    "namespace": "shop.orders",
    "doc": "Each type.",
    "fields": [{"name": name, "type": kind} for name, kind in fields],
}
# A field went, one came, one is of another type, and they are in another order.
second = {
    "type": "record",
    "name": "shop.orders.Values",
    "aliases": ["Others"],
    "fields": [
        {"name": "since", "type": "string", "default": "none"},
        {"name": "shop", "type": union("string"), "default": None},
        {"name": "small", "type": logical("long", "no-such-meaning")},
        {"name": "price", "type": "float"},
        {"name": "micros", "type": logical("long", "timestamp-millis")},
    ],
}
# A default that is none of its field's values: a reader's matter, and many files have such.
(here / "values.avsc").write_text(json.dumps(first, indent=2) + "\n")
(here / "values-2.avsc").write_text(json.dumps(second, indent=2) + "\n")
parsed = [parse_schema(first), parse_schema(second)]

utc = dt.timezone.utc
noon = dt.datetime(2026, 11, 23, 12, tzinfo=utc)
micros = 1_795_435_200_000_000
plain = {
    **{"flag": True, "small": -5, "large": 7, "single": 0.5, "price": 9.75, "shop": "north", "color": "GREEN"},
    **{"millis": noon, "micros": noon, "nanos": 1_795_435_200_000_000_999, "day": dt.date(1970, 1, 3)},
    **{"maybe": 3, "either": "text", "tags": ["a", ""], "numbers": [1, None, -2], "moments": [noon]},
    **{"look": [0.5, -1.5], "raw": b"\x00\xff", "money": b"\x01\x02", "digest": b"12345", "again": "BLUE"},
    **{"notes": {"a": "b", "c": None}, "point": {"x": 1.0, "label": "p"}, "points": [{"x": 2.0, "label": ""}]},
    **{"tree": {"leaf": 1, "below": [{"leaf": 2, "below": [{"leaf": 3, "below": []}]}]}, "nothing": None, "uuid": "u"},
}
plain_columns = {
    **{"flag": True, "small": -5, "large": 7, "single": 0.5, "price": 9.75, "shop": "north", "color": "GREEN"},
    **{"millis": micros, "micros": micros, "nanos": micros, "day": 2, "maybe": 3, "either": "text"},
    **{"tags": ["a", ""], "numbers": [1, -2], "moments": [micros], "look": [0.5, -1.5], "uuid": "u"},
}
tenth = struct.unpack("<f", struct.pack("<f", 0.1))[0]
most = {
    **{"flag": False, "small": 2**31 - 1, "large": 2**63 - 1, "single": 0.1, "price": 5e-324, "shop": "\ufeffü😀\0", "color": "RED"},
    **{"millis": -1, "micros": -1, "nanos": -1, "day": -1, "maybe": -(2**63), "either": None, "tags": []},
    **{"numbers": [2**53, -(2**53), 2**53 + 1, 0], "moments": [0, -1], "look": None, "notes": {}, "point": None, "points": []},
}
most_columns = {
    **{"flag": False, "small": 2**31 - 1, "large": str(2**63 - 1), "single": tenth, "price": 5e-324, "shop": "\ufeffü😀\0"},
    **{"color": "RED", "millis": -1000, "micros": -1, "nanos": -1, "day": -1, "maybe": str(-(2**63)), "either": None, "tags": []},
    **{"numbers": [str(2**53), str(-(2**53)), str(2**53 + 1), 0], "moments": [0, -1], "look": None},
}
nan = float("nan")
odd = {"small": -(2**31), "large": 2**53 - 1, "single": float("inf"), "price": nan, "maybe": -(2**53 - 1)}
odd = {**odd, "numbers": [None, None]}
odd_columns = {"small": -(2**31), "large": 2**53 - 1, "single": None, "price": None, "maybe": -(2**53 - 1), "numbers": []}
# What the language has no value for, by column.
refused = {"look": [1.0, nan], "millis": 9_007_199_254_741, "micros": 2**53, "nanos": 2**63 - 1}


def written(schema, value):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, value)
    return out.getvalue()


def single(schema, value):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, value)
    crc = bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))
    return b"\xc3\x01" + crc + out.getvalue()


def event(which, value, columns=None, no_value=None):
    schema = parsed[which - 1]
    bare = written(schema, value)
    framed = {"confluent": b"\0" + struct.pack(">I", 100 + which) + bare, "single": single(schema, value)}
    return {"schema": which, "bare": bare.hex(), **{name: own.hex() for name, own in framed.items()}, "columns": columns, "no value": no_value}


later = {"since": "2026", "shop": None, "small": 2**40, "price": 0.1, "micros": 12345}
events = [
    event(1, plain, plain_columns),
    event(1, {**plain, **most}, {**plain_columns, **most_columns}),
    event(1, {**plain, **odd}, {**plain_columns, **odd_columns}),
    *[event(1, {**plain, name: value}, no_value=name) for name, value in refused.items()],
    event(2, later, {"shop": None, "small": 2**40, "price": tenth, "micros": 12_345_000}),
]
prints = [fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO") for schema in parsed]
(here / "events.json").write_text(json.dumps({"fingerprints": prints, "events": events}, indent=1, allow_nan=False) + "\n")
