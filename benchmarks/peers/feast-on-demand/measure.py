"""One row of a Feast on-demand feature view in python mode with two outputs.

Prints one JSON object: nanoseconds a row, the median of the rounds after a warm-up, of the transformation alone and of what
serving does with it (look-ups left out): the transformation and its results as a response.
"""

import json
import statistics
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import feast
from feast import Field, RequestSource
from feast.on_demand_feature_view import on_demand_feature_view
from feast.protos.feast.serving.ServingService_pb2 import FieldStatus, GetOnlineFeaturesResponse
from feast.protos.feast.types.Value_pb2 import Value
from feast.types import Float64, Int64
from feast.utils import _augment_response_with_on_demand_transforms

ROUNDS = 7
CALLS = 2_000

request = RequestSource(name="request", schema=[Field(name="km", dtype=Float64), Field(name="items", dtype=Int64)])


@on_demand_feature_view(
    sources=[request],
    schema=[Field(name="squared", dtype=Float64), Field(name="load", dtype=Int64)],
    mode="python",
)
def on_demand(inputs):
    return {
        "squared": [km * km for km in inputs["km"]],
        "load": [items * 2 + 1 for items in inputs["items"]],
    }


def nanoseconds(work):
    for _ in range(CALLS):
        work()
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter_ns()
        for _ in range(CALLS):
            work()
        rounds.append((time.perf_counter_ns() - started) / CALLS)
    return statistics.median(rounds)


def transform():
    return on_demand.transform_dict({"km": [3.5], "items": [4]})


def respond():
    response = GetOnlineFeaturesResponse()
    response.metadata.feature_names.val.extend(["km", "items"])
    for value in (Value(double_val=3.5), Value(int64_val=4)):
        response.results.append(
            GetOnlineFeaturesResponse.FeatureVector(values=[value], statuses=[FieldStatus.PRESENT])
        )
    _augment_response_with_on_demand_transforms(
        response, ["on_demand:squared", "on_demand:load"], [on_demand], False
    )
    return response


result = transform()
assert result["squared"] == [12.25] and result["load"] == [9], result
names = list(respond().metadata.feature_names.val)
assert names == ["km", "items", "squared", "load"], names
json.dump({"feast": feast.__version__, "transform": nanoseconds(transform), "respond": nanoseconds(respond)}, sys.stdout)
