/** A specification that says only what it must. */
export const least = { vector: "eta", rows: "rows.parquet", output: "training/eta" } as const;

/** Specifications that are accepted. */
export const accepted: Readonly<Record<string, unknown>> = {
  least,
  "a schema and words": { ...least, $schema: "", name: "eta", owner: "eats", project: "eta", description: "" },
  "all of a vector": {
    ...least,
    label: "delay",
    at: "asked_at",
    carry: ["country", "city"],
    filters: [
      { column: "country", isIn: ["US", "CA"] },
      { column: "distance", atLeast: 1, lessThan: 100.5 },
      { column: "tip", isMissing: false },
      { any: [{ column: "a", equals: true }, { not: { all: [{ column: "b", between: ["x", "y"] }] } }] },
    ],
    sampling: { fraction: 0.1, seed: 7, by: ["customer"] },
    split: { train: { from: "2024-01-01" }, holdout: { fraction: 0.2, seed: 1 } },
    cutoff: "2024-03-01T00:00:00+01:00",
    classBalance: { label: "late", ratio: 2.5, seed: 3 },
    raw: true,
  },
  "several labels": { ...least, label: ["delay", "late"] },
  "a number of rows": { ...least, sampling: { count: 1000 } },
  "a period held out": { ...least, split: { holdout: { from: "2024-01-01T00:00:00Z", to: "2024-02-01 00:00:00.5Z" } } },
  "a column's value held out": { ...least, split: { holdout: { column: "fold", isIn: ["test"] } } },
  "an output of CSV": {
    ...least,
    output: { folder: "training/eta", format: "csv", compression: "gzip", maxFileRows: 10 },
  },
  "an output in partitions": {
    ...least,
    output: {
      ...{ folder: "o", format: "parquet", compression: "zstd", compressionLevel: 9, rowGroupRows: 4096 },
      ...{ partitionBy: ["country", "city"], maxPartitions: 50 },
    },
  },
  "an output that says only where": { ...least, output: { folder: "training/eta" } },
  "an empty period": { ...least, split: { train: {} } },
  features: {
    rows: "rows.csv",
    output: "out",
    features: [
      "store:kitchen:prep_7d",
      "store:kitchen:prep_7d@2",
      { feature: "store:kitchen:n", key: "shop", as: "n" },
      { feature: "route:traffic:n", key: ["from", "to"] },
    ],
    label: [
      { column: "took", type: "float", known: "landed_at" },
      { feature: "store:kitchen:next", as: "next" },
    ],
  },
};

/** Specifications that are refused, with the path, the message and the hint of the first problem. */
export const refused: Readonly<
  Record<string, readonly [value: unknown, path: string, message: RegExp, hint?: RegExp]>
> = {
  "no object": [[least], "$", /^must be an object, and is a list$/],
  nothing: [{}, "$", /^lacks "rows"$/, /Parquet or CSV/],
  "no output": [{ vector: "eta", rows: "r" }, "$", /^lacks "output"$/],
  "neither vector nor features": [{ rows: "r", output: "o" }, "$", /^lacks "vector", or else "features"$/],
  "vector and features": [{ ...least, features: ["a:b:c"] }, "$.features", /^stands beside "vector"$/],
  "a member that is misspelt": [
    { ...least, filter: [] },
    "$.filter",
    /no member "filter"/,
    /^Did you mean "filters"\?$/,
  ],
  "a member in snake case": [{ ...least, class_balance: {} }, "$.class_balance", /no member/, /"classBalance"/],
  "a name with a space": [{ ...least, "my filter": 1 }, '$["my filter"]', /no member "my filter"/],
  "a vector that is no text": [{ ...least, vector: 3 }, "$.vector", /^must be a text, and is a number$/],
  "an output without a folder": [{ ...least, output: { format: "csv" } }, "$.output", /^lacks "folder"$/],
  "a format that is misspelt": [
    { ...least, output: { folder: "o", format: "parket" } },
    "$.output.format",
    /^"parket" is no format$/,
    /"parquet"/,
  ],
  "a compression that none is": [
    { ...least, output: { folder: "o", compression: "rar" } },
    "$.output.compression",
    /^"rar" is no compression$/,
    /zstd, snappy/,
  ],
  "an output that is null": [{ ...least, output: null }, "$.output", /^must be a text, and is null$/],
  "a level beyond the highest": [
    { ...least, output: { folder: "o", compressionLevel: 23 } },
    "$.output.compressionLevel",
    /at most 22/,
  ],
  "partitions by nothing": [
    { ...least, output: { folder: "o", partitionBy: [] } },
    "$.output.partitionBy",
    /^is empty$/,
  ],
  "an empty path": [{ ...least, rows: "" }, "$.rows", /^is empty$/],
  "no list": [{ ...least, carry: "city" }, "$.carry", /^must be a list, and is a text$/],
  "a list with null": [{ ...least, carry: ["a", null] }, "$.carry[1]", /^must be a text, and is null$/],
  "an operator that is misspelt": [
    { ...least, filters: [{ column: "a", isin: [1] }] },
    "$.filters[0].isin",
    /no member "isin"/,
    /^Did you mean "isIn"\?$/,
  ],
  "a filter without an operator": [{ ...least, filters: [{ column: "a" }] }, "$.filters[0]", /says too little/, /isIn/],
  "a filter without a column": [{ ...least, filters: [{ equals: 3 }] }, "$.filters[0]", /lacks "column"/],
  "a filter of null": [
    { ...least, filters: [{ column: "a", equals: null }] },
    "$.filters[0].equals",
    /null/,
    /isMissing/,
  ],
  "an empty list of values": [{ ...least, filters: [{ column: "a", isIn: [] }] }, "$.filters[0].isIn", /^is empty$/],
  "a range of three": [
    { ...least, filters: [{ column: "a", between: [1, 2, 3] }] },
    "$.filters[0].between",
    /two elements/,
  ],
  "two forms of a filter": [
    { ...least, filters: [{ any: [{ column: "a", equals: 1 }], column: "a" }] },
    "$.filters[0].column",
    /no member/,
  ],
  "an empty disjunction": [{ ...least, filters: [{ any: [] }] }, "$.filters[0].any", /^is empty$/],
  "a fraction of all": [
    { ...least, sampling: { fraction: 1 } },
    "$.sampling.fraction",
    /more than 0 and less than 1, and is 1$/,
  ],
  "a count that is no number": [
    { ...least, sampling: { count: "10" } },
    "$.sampling.count",
    /whole number, at least 1/,
  ],
  "a count and a fraction": [{ ...least, sampling: { count: 3, fraction: 0.5 } }, "$.sampling.fraction", /no member/],
  "a sample of nothing": [{ ...least, sampling: {} }, "$.sampling", /lacks "fraction"/],
  "a seed below 0": [{ ...least, sampling: { count: 3, seed: -1 } }, "$.sampling.seed", /at least 0/],
  "a moment without an offset": [
    { ...least, split: { train: { from: "2024-01-01T00:00:00" } } },
    "$.split.train.from",
    /is not a moment/,
    /offset/,
  ],
  "a cutoff that is a number": [{ ...least, cutoff: 5 }, "$.cutoff", /^must be a moment, and is a number$/],
  "a holdout of two kinds": [
    { ...least, split: { holdout: { from: "2024-01-01", fraction: 0.5 } } },
    "$.split.holdout.from",
    /no member "from"/,
  ],
  "a ratio below 1": [{ ...least, classBalance: { label: "late", ratio: 0.5 } }, "$.classBalance.ratio", /at least 1/],
  "a balance of nothing": [{ ...least, classBalance: {} }, "$.classBalance", /lacks "label"/],
  "a flag that is a text": [{ ...least, raw: "yes" }, "$.raw", /^must be true or false, and is a text$/],
  "a name that is not canonical": [
    { rows: "r", output: "o", features: ["prep_7d"] },
    "$.features[0]",
    /"prep_7d" is not a canonical name/,
    /entity:group:feature/,
  ],
  "no features": [{ rows: "r", output: "o", features: [] }, "$.features", /^is empty$/],
  "a label of a type that is none": [
    { rows: "r", output: "o", features: ["a:b:c"], label: { column: "took", type: "flaot" } },
    "$.label.type",
    /"flaot" is no type of a label/,
    /"float"/,
  ],
  "a label that is a text column": [
    { rows: "r", output: "o", features: ["a:b:c"], label: [{ column: "took", type: "string" }] },
    "$.label[0].type",
    /"string"/,
    /Models learn numbers/,
  ],
};

/** Specifications whose form is right, and which are refused for what they say: no schema can. */
export const absurd: typeof refused = {
  "a day that is none": [{ ...least, cutoff: "2024-02-31" }, "$.cutoff", /no moment/],
  "version 1 of a feature": [{ rows: "r", output: "o", features: ["a:b:c@1"] }, "$.features[0]", /no version/],
  "a range from behind": [
    { ...least, filters: [{ not: { column: "a", between: [2, 1] } }] },
    "$.filters[0].not.between",
    /^begins behind its end$/,
  ],
  "groups of rows in CSV": [
    { ...least, output: { folder: "o", format: "csv", rowGroupRows: 5000 } },
    "$.output.rowGroupRows",
    /^CSV has no groups of rows$/,
    /maxFileRows/,
  ],
  "CSV in snappy": [
    { ...least, output: { folder: "o", format: "csv", compression: "snappy" } },
    "$.output.compression",
    /no reader of CSV/,
    /gzip/,
  ],
  "a level of gzip": [
    { ...least, output: { folder: "o", compression: "gzip", compressionLevel: 5 } },
    "$.output.compressionLevel",
    /^gzip in parquet has no level$/,
  ],
  "a limit of no partitions": [
    { ...least, output: { folder: "o", maxPartitions: 5 } },
    "$.output.maxPartitions",
    /^stands without "partitionBy"$/,
  ],
  "a partition twice": [
    { ...least, output: { folder: "o", partitionBy: ["city", "City"] } },
    "$.output.partitionBy[1]",
    /^names "City" twice$/,
  ],
  "a period from behind": [
    { ...least, split: { train: { from: "2024-02-01", to: "2024-01-01" } } },
    "$.split.train",
    /^ends before it begins$/,
  ],
  "a period that holds out everything": [
    { ...least, split: { holdout: {} } },
    "$.split.holdout",
    /^has neither a beginning nor an end$/,
    /leave the holdout out/,
  ],
  "periods that overlap": [
    { ...least, split: { train: { to: "2024-02-01" }, holdout: { from: "2024-01-01" } } },
    "$.split.holdout",
    /^overlaps the training period$/,
  ],
};
