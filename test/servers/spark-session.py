# One Spark session for the tests: each line of the input is one JSON text of a statement, each line of the output its
# rows, exact to the bit: ints and floats as texts, of which Python's for a float is read back as the same float. It
# ends when its input does.
import json
import os
import sys

from pyspark.sql import SparkSession

# Whatever else writes to the output, writes to the errors.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def cell(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, list):
        return [cell(one) for one in value]
    raise TypeError(f"no form for {type(value)}")


def answer(sql):
    try:
        return {"rows": [[cell(value) for value in row] for row in session.sql(sql).collect()]}
    except Exception as error:  # every fault of a statement is the answer to it
        return {"error": str(error)[:4000]}


builder = SparkSession.builder.master("local[1]")
for name, value in json.loads(sys.argv[1]).items():
    builder = builder.config(name, value)
session = builder.getOrCreate()
session.sparkContext.setLogLevel("FATAL")
print(json.dumps({"rows": []}), file=answers, flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), file=answers, flush=True)
session.stop()
