"""Feast with its DuckDB offline store: get_historical_features, from files to an Arrow table.

Rows come in no order, and of states that tie any one stands: it has no way to break ties but a second time column.
"""

import tempfile
import warnings
from datetime import timedelta
from pathlib import Path

warnings.filterwarnings("ignore")

import feast
import pandas as pd
import pyarrow.parquet as pq
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.types import Float64, Int64, String

import peer

given = peer.arguments()
folder = Path(tempfile.mkdtemp(prefix="tondo-feast-"))
(folder / "feature_store.yaml").write_text(
    f"""project: peers
provider: local
registry: {folder / "registry.db"}
offline_store:
  type: duckdb
online_store:
  type: sqlite
  path: {folder / "online.db"}
entity_key_serialization_version: 3
"""
)
types = {"a": Float64, "b": Float64, "c": Int64, "d": Int64, "s": String}
key = Entity(name="key", join_keys=["key"], value_type=ValueType.INT64)
views = [
    FeatureView(
        name=f"states{n}",
        entities=[key],
        ttl=timedelta(0),
        schema=[Field(name=name, dtype=dtype) for name, dtype in types.items()],
        source=FileSource(name=f"source{n}", path=path, timestamp_field="t"),
        online=False,
    )
    for n, path in enumerate(given.states)
]
store = FeatureStore(repo_path=str(folder))
store.apply([key, *views])


def join():
    rows = pd.read_parquet(given.rows).rename(columns={"asked_at": "event_timestamp"})
    features = [f"states{n}:{name}" for n in range(len(views)) for name in peer.NAMES]
    return store.get_historical_features(rows, features, full_feature_names=len(views) > 1).to_arrow()


def write(result):
    columns = {
        f"{name}{n}": result[f"states{n}__{name}" if len(views) > 1 else name]
        for n in range(len(views))
        for name in peer.NAMES
    }
    import pyarrow as pa

    pq.write_table(pa.table({"row": result["row"], **columns}), given.output)


peer.serve(join, write, feast=feast.__version__)
