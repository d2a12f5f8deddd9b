"""Writes the files of this folder: `python make-files.py`, with pyarrow 26 and polars 1.44.

values.parquet holds what values.arrow and values.stream.arrow hold: read by the same rules they give the same.
"""

import datetime as dt
import decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

here = Path(__file__).parent
moments = [None, -1, 0, 1_709_294_400_123_456]
D = decimal.Decimal


def column(values, kind):
    return pa.array(values, kind)


table = pa.table(
    {
        "flag": column([True, False, None, True], pa.bool_()),
        "i8": column([None, -128, 0, 127], pa.int8()),
        "u32": column([None, 0, 1, 4294967295], pa.uint32()),
        "i64": column([None, -9223372036854775808, 9007199254740993, 9223372036854775807], pa.int64()),
        "f32": column([None, 0.1, float("nan"), -0.0], pa.float32()),
        "f64": column([None, 0.1, float("-inf"), 5e-324], pa.float64()),
        "dec": column([None, D("-1.10"), D("0.07"), D("12345678.99")], pa.decimal128(10, 2)),
        "text": column([None, "", "a\nü😀", "b"], pa.string()),
        "large": column([None, "", "a", "ü😀"], pa.large_string()),
        "word": column(["x", None, "y", "x"], pa.string()).dictionary_encode(),
        "day": column([None, -1, 0, 19783], pa.date32()),
        "s": column([None, -1, 0, 1_709_294_400], pa.timestamp("s")),
        "ms": column([None, -1, 0, 1_709_294_400_123], pa.timestamp("ms")),
        "us": column(moments, pa.timestamp("us")),
        "ns": column([None, -1, 1_999, 1_709_294_400_123_456_789], pa.timestamp("ns")),
        "zoned": column(moments, pa.timestamp("us", "Europe/Paris")),
        "words": column([None, [], ["a", None, "b"], ["c"]], pa.list_(pa.string())),
        "numbers": column([None, [], [1, None, 9007199254740993], [4]], pa.list_(pa.int64())),
        "moments": column([None, [], [0, None, -1], [1]], pa.list_(pa.timestamp("us", "UTC"))),
        "look": column([None, [0.5, 1.5], [0.1, 2.0], [3.0, None]], pa.list_(pa.float32(), 2)),
        "nothing": column([None, None, None, None], pa.null()),
        "big": column([1, 2, 3, 4], pa.uint64()),
        "part": column([{"a": 1}] * 4, pa.struct([("a", pa.int64())])),
    }
)
feather.write_feather(table, here / "values.arrow", compression="uncompressed")
with pa.ipc.new_stream(here / "values.stream.arrow", table.schema) as writer:
    writer.write_table(table.slice(0, 1))
    writer.write_table(table.slice(1))
parquet.write_table(table.drop(["nothing"]), here / "values.parquet")
feather.write_feather(table.select(["i8"]), here / "lz4.arrow", compression="lz4")
feather.write_feather(table.select(["i8"]), here / "zstd.arrow", compression="zstd")
feather.write_feather(
    pa.table({"ns": column([-1, 1_999], pa.timestamp("ns", "UTC"))}), here / "nanoseconds.arrow", compression="uncompressed"
)

try:
    import polars

    rows = polars.DataFrame({"text": ["a", None], "at": [dt.datetime(2024, 3, 1, 12), None], "words": [["a"], []]})
    rows.with_columns(polars.col("text").cast(polars.Categorical).alias("word")).write_ipc(here / "polars.arrow")
except ImportError:
    print("polars.arrow is left as it is: polars is not installed")
