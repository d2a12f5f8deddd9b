"""polars: join_asof, from Parquet files to a data frame in the order of the rows.

It keeps the last of the rows that tie, so they are sorted by all columns. Of the ways tried the fastest that breaks ties.
"""

import polars as pl

import peer

given = peer.arguments()


def newest(path, n):
    states = pl.scan_parquet(path).select("key", "t", *peer.NAMES)
    return states.sort("t", *peer.NAMES).rename({name: f"{name}{n}" for name in peer.NAMES})


def join():
    left = pl.scan_parquet(given.rows).sort("asked_at")
    for n, path in enumerate(given.states):
        left = left.join_asof(
            newest(path, n), left_on="asked_at", right_on="t", by="key", strategy="backward", check_sortedness=False
        ).drop("t")
    return left.drop("asked_at", "key").sort("row").collect()


peer.serve(join, lambda result: result.write_parquet(given.output), polars=pl.__version__)
