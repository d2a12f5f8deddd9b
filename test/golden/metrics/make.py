"""Writes regression.json and binary.json beside this file: inputs and the metrics of scikit-learn.

Run in a virtual environment with scikit-learn 1.9:  python make.py
"""

import json
import math
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics

assert sklearn.__version__.startswith("1.9."), sklearn.__version__
warnings.simplefilter("ignore")
here = pathlib.Path(__file__).parent
rng = np.random.default_rng(20260711)


def plain(x):
    return None if x is None or math.isnan(x) else float(x)


def weights_for(k, n):
    """None, random, with zeros, tiny and huge, integers: in turn."""
    kind = k % 5
    if kind == 0 or kind == 1:
        return None
    if kind == 2:
        return rng.random(n) + 0.01
    if kind == 3:
        w = rng.integers(0, 4, n).astype(float)
        w[0] = 1
        return w
    return 10.0 ** rng.integers(-9, 9, n)


def listed(w):
    return None if w is None else [float(x) for x in w]


def regression_case(k):
    n = int(rng.integers(2, 60)) if k else 1
    y = rng.normal(10, 30, n)
    p = y + rng.normal(0, 5, n)
    family = k % 11
    if family == 1:
        y, p = np.round(y), np.round(p)  # ties
    elif family == 2:
        y = np.full(n, 8.0)  # constant labels
    elif family == 3:
        y = np.full(n, 0.25)
        p = y.copy()  # constant and hit
    elif family == 4:
        p = y.copy()
    elif family == 5:
        y, p = y * 1e150, p * 1e150
    elif family == 6:
        y, p = y * 1e-100, p * 1e-100
    elif family == 7:
        y, p = y + 1e9, p + 1e9
    elif family == 8:
        p = np.full(n, 3.0)
    elif family == 9:
        y[0] = 1e12
    elif family == 10:
        p = rng.normal(0, 1, n) * 10.0 ** rng.integers(-12, 12, n)
    w = weights_for(k, n)
    return {
        "labels": listed(y),
        "scores": listed(p),
        "weights": listed(w),
        "metrics": {
            "rmse": plain(metrics.root_mean_squared_error(y, p, sample_weight=w)),
            "mae": plain(metrics.mean_absolute_error(y, p, sample_weight=w)),
            "r2": plain(metrics.r2_score(y, p, sample_weight=w)),
        },
    }


def binary_case(k):
    n = int(rng.integers(2, 80)) if k else 1
    y = (rng.random(n) < 0.3).astype(int)
    p = np.clip(0.3 + 0.3 * (y - 0.3) + rng.normal(0, 0.2, n), 0, 1)
    family = k % 9
    if family == 1:
        p = np.round(p, 1)  # many ties
    elif family == 2:
        y[:] = k % 2  # one class
    elif family == 3:
        p = np.round(p)  # only 0 and 1: clipped
    elif family == 4:
        p = np.full(n, 0.3)  # nothing but ties
    elif family == 5:
        p = rng.choice([0.0, 5e-324, 1e-300, 1e-17, 2.0**-53, 0.5, 1 - 2.0**-53, 1 - 1e-15, 1.0], n)
    elif family == 6:
        p = y.astype(float)  # perfect
    elif family == 7:
        p = 1 - y.astype(float)  # perfectly wrong
    elif family == 8:
        p = 10.0 ** -rng.integers(1, 18, n)
    w = weights_for(k, n)
    return {
        "labels": [int(x) for x in y],
        "scores": listed(p),
        "weights": listed(w),
        "metrics": {
            "roc_auc": plain(metrics.roc_auc_score(y, p, sample_weight=w)),
            "log_loss": plain(metrics.log_loss(y, p, sample_weight=w, labels=[0, 1])),
            "brier": plain(metrics.brier_score_loss(y, p, sample_weight=w, pos_label=1)),
            "accuracy": plain(metrics.accuracy_score(y, p > 0.5, sample_weight=w)),
        },
    }


for name, case in [("regression", regression_case), ("binary", binary_case)]:
    made = {"scikit-learn": sklearn.__version__, "cases": [case(k) for k in range(110)]}
    (here / f"{name}.json").write_text(json.dumps(made, separators=(",", ":")).replace('{"labels"', '\n{"labels"') + "\n")
