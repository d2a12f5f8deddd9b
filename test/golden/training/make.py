"""Writes linear.json and logistic.json beside this file: inputs, and scikit-learn's weights of the raw columns.

linear   make_pipeline(StandardScaler(), Ridge(alpha=ridge)); without a ridge LinearRegression
logistic make_pipeline(StandardScaler(), LogisticRegression(C=1 / ridge))

Run in a virtual environment with scikit-learn 1.9:  python make.py
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

assert sklearn.__version__.startswith("1.9."), sklearn.__version__
here = pathlib.Path(__file__).parent
rng = np.random.default_rng(20260712)


def table(name, n, k):
    x = rng.normal(0, 1, (n, k))
    if name == "scaled":
        x = x * 10.0 ** np.arange(-6, 12, 3)[:k] + rng.normal(0, 3, k)
    if name == "shifted":
        x = x + 1e6 * np.arange(1, k + 1)
    if name == "constant":
        x[:, 1] = 7.25
    if name == "duplicate":
        x[:, 2] = x[:, 0]
    if name == "correlated":
        x[:, 1] = x[:, 0] + 1e-3 * rng.normal(0, 1, n)
    if name == "counts":
        x = np.floor(np.abs(x) * 3)
    return x


def raw(pipeline):
    scaler, model = pipeline.steps[0][1], pipeline.steps[1][1]
    coef = np.ravel(model.coef_) / scaler.scale_
    return {"weights": coef.tolist(), "intercept": float(np.ravel(model.intercept_)[0] - coef @ scaler.mean_)}


def case(kind, name, n, k, ridge):
    x = table(name, n, k)
    z = (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1)
    signal = z @ rng.normal(0, 1, k) + 0.7
    if kind == "linear":
        y = signal * 12 + rng.normal(0, 4, n)
        model = Ridge(alpha=ridge, solver="svd") if ridge > 0 else LinearRegression()
    else:
        y = (signal + rng.logistic(0, 1, n) > 0).astype(int)
        # One Newton solver to a tight tolerance, checked against another below.
        model = LogisticRegression(C=1 / ridge, solver="newton-cholesky", tol=1e-13, max_iter=10_000)
    fitted = raw(make_pipeline(StandardScaler(), model).fit(x, y))
    if kind == "logistic":
        other = LogisticRegression(C=1 / ridge, solver="lbfgs", tol=1e-13, max_iter=100_000)
        other = raw(make_pipeline(StandardScaler(), other).fit(x, y))
        assert np.allclose(fitted["weights"], other["weights"], rtol=1e-4, atol=1e-12), (name, fitted, other)
    return {"name": name, "ridge": ridge, "columns": x.T.tolist(), "labels": y.tolist(), **fitted}


plans = [("plain", 80, 4), ("scaled", 80, 6), ("shifted", 60, 3), ("constant", 40, 3), ("duplicate", 50, 4)]
plans += [("correlated", 60, 3), ("counts", 70, 5), ("few", 6, 8), ("one column", 600, 1)]
for kind, ridges in [("linear", [0, 1e-3, 1, 250]), ("logistic", [1e-2, 1, 40])]:
    cases = [case(kind, name, n, k, r) for name, n, k in plans for r in ridges]
    made = {"scikit-learn": sklearn.__version__, "cases": cases}
    (here / f"{kind}.json").write_text(json.dumps(made, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
