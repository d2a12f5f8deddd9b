"""Writes statistics.json beside this file: two parts of a training set, and what numpy, scipy and scikit-learn say of them.

numbers      numpy.mean, std(ddof=1), quantile; histogram over numpy.histogram's edges of both parts together
pearson      scipy.stats.pearsonr           spearman  scipy.stats.spearmanr, over the rows that have both
eta          the root of between-class over total sum of squares, written out with pandas' groupby
mutual       sklearn.metrics.mutual_info_score
cramers_v    from scipy.stats.chi2_contingency(correction=False), corrected as in Bergsma (2013)
ks           scipy.stats.ks_2samp's statistic, scipy.special.kolmogorov of it
psi          shares by numpy.digitize at the reference's deciles, or by value; missing is a bin; no share below 0.0001
variation    half the sum of absolute differences of the shares of all values

Run in a virtual environment with numpy 2, pandas, scipy 1.17 and scikit-learn 1.9:  python make.py
"""

import json
import pathlib

import numpy as np
import pandas as pd
import scipy
import sklearn
from scipy import special, stats
from sklearn.metrics import mutual_info_score

assert scipy.__version__.startswith("1.17."), scipy.__version__
assert sklearn.__version__.startswith("1.9."), sklearn.__version__
rng = np.random.default_rng(20261122)

kinds = {
    "normal": "float", "shifted": "float", "large": "float", "small": "float", "skewed": "float", "zeros": "float",
    "steps": "int", "codes": "int", "flag": "bool", "city": "string", "many": "string", "constant": "float", "empty": "float",
}
labels = {"minutes": "float", "late": "bool", "grade": "string"}


def part(n, drift):
    x = rng.normal(0, 1, n)
    city = rng.choice(["Lyon", "Paris", "Ünye", ""], n, p=[0.5 - drift, 0.2 + drift, 0.2, 0.1])
    effect = pd.Series(city).map({"Lyon": 0.0, "Paris": 3.0, "Ünye": -2.0, "": 1.0}).to_numpy()
    minutes = 4 * x + effect + rng.normal(0, 2, n)
    frame = pd.DataFrame({
        "normal": x + drift,
        "shifted": 1.7e15 + np.round(x * 1e9 + rng.normal(0, 1e9, n)),
        "large": rng.normal(0, 1, n) * 1e17,
        "small": (x + rng.normal(0, 1, n)) * 1e-12,
        "skewed": np.exp(3 * rng.normal(0, 1, n)) * (1 + drift),
        "zeros": np.where(rng.random(n) < 0.7 - drift, 0.0, rng.exponential(5, n)),
        "steps": rng.integers(0, 7, n),
        "codes": rng.integers(1, 400, n) + np.round(x * 30).astype(int),
        "flag": x + rng.normal(0, 1, n) > 0.3,
        "city": city,
        "many": [f"id{i}" for i in rng.integers(0, 10_000, n)],
        "constant": 0.1,
        "empty": np.nan,
        "minutes": minutes,
        "late": minutes > 3,
        "grade": np.where(minutes > 4, "c", np.where(minutes > -1, "b", "a")),
    })
    frame["minutes"] += 3 * (frame["steps"] == 3)
    frame = frame.astype({"flag": object, "late": object, "city": object, "grade": object, "many": object, "steps": object})
    for name, share in {"normal": 0.1 + drift / 2, "flag": 0.05, "city": 0.07, "minutes": 0.04, "grade": 0.03, "steps": 0.02, "late": 0.02}.items():
        frame.loc[rng.random(n) < share, name] = None
    return frame


train, holdout = part(400, 0.0), part(250, 0.15)


def values(frame):
    def one(v):
        if v is None or (isinstance(v, float) and np.isnan(v)):
            return None
        return v.item() if isinstance(v, np.generic) else v
    return {name: [one(v) for v in frame[name]] for name in frame}


def numbers(frame, name):
    return frame[name].dropna().astype(float).to_numpy()


shares = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]


def describe(frame, name):
    x = numbers(frame, name)
    if len(x) == 0:
        return None
    return {"min": x.min(), "max": x.max(), "mean": x.mean(), "std": x.std(ddof=1), "quantiles": np.quantile(x, shares).tolist()}


def psi(expected, actual):
    e, a = np.maximum(expected, 1e-4), np.maximum(actual, 1e-4)
    return float(np.sum((a - e) * np.log(a / e)))


def drift(name):
    kind = kinds.get(name) or labels[name]
    a, b = train[name].dropna(), holdout[name].dropna()
    missing = lambda frame: frame[name].isna().mean()
    out = {"ks": None, "variation": None}
    if kind in ("string", "bool"):
        p, q = a.value_counts() / len(a), b.value_counts() / len(b)
        out["variation"] = float(0.5 * p.subtract(q, fill_value=0).abs().sum())
        keep = sorted(a.value_counts().items(), key=lambda item: (-item[1], str(item[0]).encode()))[:20]
        keys = [key for key, _ in keep]
        count = lambda v, n: [sum(v == key) / n for key in keys] + [(~v.isin(keys)).sum() / n]
        out["psi"] = psi(count(a, len(train)) + [missing(train)], count(b, len(holdout)) + [missing(holdout)])
        return out
    x, y = numbers(train, name), numbers(holdout, name)
    if len(x) == 0 or len(y) == 0:
        return None
    statistic = stats.ks_2samp(x, y).statistic
    out["ks"] = {"statistic": float(statistic), "p": float(special.kolmogorov(statistic * np.sqrt(len(x) * len(y) / (len(x) + len(y)))))}
    different = np.unique(np.concatenate([x, y]))
    deciles = np.quantile(x, np.arange(11) / 10)
    if len(different) <= 10:
        count = lambda v, n: [(v == d).sum() / n for d in different]
    elif len(np.unique(deciles)) == 11:
        count = lambda v, n: (np.bincount(np.digitize(v, deciles[1:-1], right=True), minlength=10) / n).tolist()
    else:
        return {**out, "psi": None}
    out["psi"] = psi(count(x, len(train)) + [missing(train)], count(y, len(holdout)) + [missing(holdout)])
    return out


def eta(classes, number):
    groups = number.groupby(classes)
    n, k = len(number), groups.ngroups
    total = ((number - number.mean()) ** 2).sum()
    if number.nunique() == 1:
        return None
    between = (groups.size() * (groups.mean() - number.mean()) ** 2).sum()
    squared = between / total
    corrected = max(0, 1 - (1 - squared) * (n - 1) / (n - k)) if n > k else 0
    return [float(np.sqrt(squared)), float(np.sqrt(corrected))]


def associate(name, label):
    both = train[[name, label]].dropna()
    x, y = both[name], both[label]
    kx, ky = kinds[name], labels[label]
    if len(both) == 0:
        return {"rows": 0, "pearson": None, "spearman": None, "eta": None, "mutual": None, "cramers_v": None}
    out = {"rows": len(both), "pearson": None, "spearman": None, "eta": None, "mutual": None, "cramers_v": None}
    if kx != "string" and ky != "string" and x.nunique() > 1:
        out["pearson"] = float(stats.pearsonr(x.astype(float), y.astype(float)).statistic)
        out["spearman"] = float(stats.spearmanr(x.astype(float), y.astype(float)).statistic)
    is_class = kx in ("string", "bool") or (kx == "int" and train[name].nunique() <= 100)
    if is_class and kx != "bool" and ky != "string":
        out["eta"] = eta(x, y.astype(float))
    elif kx != "string" and ky == "string":
        out["eta"] = eta(y, x.astype(float))
    if is_class and ky in ("string", "bool"):
        out["mutual"] = float(mutual_info_score(x.astype(str), y.astype(str)))
        table = pd.crosstab(x.astype(str), y.astype(str)).to_numpy()
        n = table.sum()
        r, k = table.shape
        phi = stats.chi2_contingency(table, correction=False).statistic / n
        phi = max(0, phi - (r - 1) * (k - 1) / (n - 1))
        room = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
        out["cramers_v"] = float(np.sqrt(phi / room))
    return out


golden = {
    "kinds": {**kinds, **labels},
    "labels": list(labels),
    "train": values(train),
    "holdout": values(holdout),
    "numbers": {name: [describe(train, name), describe(holdout, name)] for name, kind in {**kinds, **labels}.items() if kind != "string"},
    "histograms": {name: [
        np.histogram(numbers(frame, name), bins=20, range=(min(numbers(train, name).min(), numbers(holdout, name).min()), max(numbers(train, name).max(), numbers(holdout, name).max())))[0].tolist()
        for frame in (train, holdout)] for name in ["normal", "shifted", "large", "small", "codes"]},
    "drift": {name: drift(name) for name in {**kinds, **labels}},
    "associations": {label: {name: associate(name, label) for name in kinds} for label in labels},
}
path = pathlib.Path(__file__).with_name("statistics.json")
path.write_text(json.dumps(golden, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
