"""Writes Parquet files that DuckDB reads and does not write itself: by other writers' types, names and bytes.

    python3 -m venv FOLDER && FOLDER/bin/pip install pyarrow==26.0.1
    FOLDER/bin/python test/golden/parquet/make.py
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

here = Path(__file__).parent


def write(name, columns, **options):
    arrays = [array for _, array in columns]
    table = pa.Table.from_arrays(arrays, names=[column for column, _ in columns])
    pq.write_table(table, here / f"{name}.parquet", compression="none", store_schema=False, **options)


def stores(n):
    return ("store", pa.array(["r"] * n))


# A nanosecond before 1970, 1970, a nanosecond before and at 2024, missing.
midnight = 1_704_067_200_000_000_000
nanoseconds = [-1, 0, midnight - 1, midnight, None]
write("nanoseconds", [stores(5), ("happened", pa.array(nanoseconds, pa.timestamp("ns")))])
write("nanoseconds-zoned", [stores(2), ("happened", pa.array([-1500, midnight], pa.timestamp("ns", "UTC")))])
write(
    "nanoseconds-zoned-late",
    [stores(3), ("happened", pa.array(nanoseconds[2:], pa.timestamp("ns", "Europe/Berlin")))],
)
write(
    "int96",
    [stores(5), ("happened", pa.array(nanoseconds, pa.timestamp("ns")))],
    use_deprecated_int96_timestamps=True,
)
for unit, a_second in (("us", 1_000_000), ("ms", 1_000)):
    moments = [-1, 0, 1_704_067_200 * a_second - 1, 1_704_067_200 * a_second, None]
    for name, zone in (("local", None), ("zoned", "Europe/Berlin")):
        write(f"{unit}-{name}", [stores(5), ("happened", pa.array(moments, pa.timestamp(unit, zone)))])
write("milliseconds-far", [stores(2), ("happened", pa.array([2**62, -(2**62)], pa.timestamp("ms")))])


def at(n):
    return ("happened", pa.array([1_704_067_200_000_000] * n, pa.timestamp("us")))


def ints(name, *values):
    return (name, pa.array(values, pa.int64()))


write("twice", [stores(1), at(1), ints("x", 1), ints("x", 2)])
write("twice-by-case", [stores(1), at(1), ints("x", 1), ints("X", 2)])
write("twice-and-numbered", [stores(1), at(1), ints("y", 1), ints("y", 2), ints("y_1", 3), ints("x", 4)])
write("moment-twice", [stores(1), at(1), ("Happened", at(1)[1]), ints("x", 1)])
write("without-values", [stores(1), at(1), ("x", pa.nulls(1))])
write("latin-1", [("store", pa.array([b"K\xf6ln"], pa.binary()).view(pa.string())), at(1), ints("x", 1)])
write("bytes", [("store", pa.array([b"r"], pa.binary())), at(1), ints("x", 1)])
write("unsigned", [stores(1), at(1), ("x", pa.array([2**63 + 1], pa.uint64()))])
write("nested", [stores(1), at(1), ("x", pa.array([{"a": 1}]))])
write("dictionary", [("store", pa.array(["r"]).dictionary_encode()), at(1), ("x", pa.array([7], pa.int8()))])
pq.write_table(pa.table({}), here / "no-columns.parquet")
