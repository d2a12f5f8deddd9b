"""Writes fitted.json beside this file: training values, values asked for, and what numpy and scikit-learn make of them.

percentiles numpy.quantile(x, shares), method "linear"
zscore      StandardScaler      minmax MinMaxScaler      robust RobustScaler
quantize    numpy.searchsorted(unique(quantile(x, [1/n, ...])), asked, side="right"): KBinsDiscretizer's rule for inner edges
clip        numpy.clip(asked, *numpy.percentile(x, [low, high]))

Run in a virtual environment with scikit-learn 1.9 and numpy 2:  python make.py
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

assert sklearn.__version__.startswith("1.9."), sklearn.__version__
assert np.__version__.startswith("2."), np.__version__
rng = np.random.default_rng(20261122)

shares = [0, 0.001, 0.01, 0.05, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.99, 0.999, 1]
tables = {
    "one": [3.5],
    "two": [1.0, 2.0],
    "constant": [0.1] * 7,
    "normal": rng.normal(0, 1, 101).tolist(),
    "shifted": rng.normal(1e6, 3, 64).tolist(),
    "wild": rng.standard_cauchy(80).tolist(),
    "ties": np.floor(rng.exponential(2, 90)).tolist(),
    "mostly zero": np.where(rng.random(70) < 0.8, 0, rng.normal(5, 1, 70)).tolist(),
    "small": (rng.normal(0, 1, 30) * 1e-9).tolist(),
    "large": (rng.normal(0, 1, 30) * 1e15).tolist(),
    "negative": (-rng.exponential(1, 50)).tolist(),
}


def scaled(scaler, x, asked):
    return scaler.fit(np.reshape(x, (-1, 1))).transform(np.reshape(asked, (-1, 1))).ravel().tolist()


cases = []
for name, x in tables.items():
    spread = max(x) - min(x) or 1.0
    asked = sorted({*x[:12], min(x), max(x), min(x) - spread, max(x) + spread, float(np.mean(x))})
    inner = {n: np.unique(np.quantile(x, [i / n for i in range(1, n)])) for n in (2, 4, 10)}
    cases.append(
        {
            "name": name,
            "rows": x,
            "asked": asked,
            "percentiles": np.quantile(x, shares).tolist(),
            "zscore": scaled(StandardScaler(), x, asked),
            "minmax": scaled(MinMaxScaler(), x, asked),
            "robust": scaled(RobustScaler(), x, asked),
            "quantize": {n: np.searchsorted(edges, asked, side="right").tolist() for n, edges in inner.items()},
            "clip": np.clip(asked, *np.percentile(x, [5, 95])).tolist(),
        }
    )
made = {"numpy": np.__version__, "scikit-learn": sklearn.__version__, "shares": shares, "cases": cases}
path = pathlib.Path(__file__).parent / "fitted.json"
path.write_text(json.dumps(made, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
