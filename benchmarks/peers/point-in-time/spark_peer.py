"""Spark SQL, local[2]: rows and states under each other, and the last state before each row by a window, in the order of the rows.

The result is computed whole and thrown away (Spark's "noop" format), which is the least that it can do with one.
"""

import os
import shutil

import pyspark
from pyspark.sql import SparkSession

import peer

given = peer.arguments()
spark = (
    SparkSession.builder.master("local[2]")
    .appName("tondo peers")
    .config("spark.driver.memory", os.environ.get("SPARK_MEMORY", "6g"))
    .config("spark.sql.shuffle.partitions", "8")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.ui.enabled", "false")
    .config("spark.log.level", "ERROR")
    .getOrCreate()
)


def newest(path, n):
    """Of states that tie the largest by all columns is the last."""
    state = f"struct({', '.join(peer.NAMES)})"
    values = ", ".join(f"best.{name} as {name}{n}" for name in peer.NAMES)
    return f"""select row, {values} from (
      select row, last_value(state, true) over (partition by key order by t, row nulls first, state rows unbounded preceding) as best
      from (select key, t, null as row, {state} as state from parquet.`{path}`
            union all select key, asked_at, row, null from parquet.`{given.rows}`))
    where row is not null"""


def frame():
    joins = [f"({newest(path, n)}) g{n}" for n, path in enumerate(given.states)]
    using = joins[0] + "".join(f" join {one} using (row)" for one in joins[1:])
    return spark.sql(f"select * from {using} order by row")


def join():
    result = frame()
    result.write.format("noop").mode("overwrite").save()
    return result


def write(result):
    folder = f"{given.output}.parts"
    result.coalesce(1).write.mode("overwrite").parquet(folder)
    [part] = [name for name in os.listdir(folder) if name.endswith(".parquet")]
    os.replace(os.path.join(folder, part), given.output)
    shutil.rmtree(folder)


def peak():
    """Of the Java process, which does the work."""
    pid = spark.sparkContext._gateway.jvm.java.lang.ProcessHandle.current().pid()
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


peer.serve(join, write, peak, spark=pyspark.__version__)
