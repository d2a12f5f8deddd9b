/** What the cases join, by the name of their vector. */
export type VectorName = "latest" | "known" | "windows" | "five";

const stretches = ["30d", "7d", "1h"] as const;
const states = [0, 1, 2, 3, 4] as const;

const windows = stretches
  .flatMap((w) => [
    `n_${w} = count() over ${w}`,
    `sum_${w} = sum(a) over ${w}`,
    `mean_${w} = mean(a) over ${w}`,
    `max_${w} = max(b) over ${w}`,
    `different_${w} = distinct(c) over ${w}`,
    `last_${w} = last_k(a, 3) over ${w}`,
    `high_${w} = quantile(b, 0.9) over ${w}`,
    `some_${w} = count() over ${w} where c > 50`,
  ])
  .join("\n  ");

/** A value as it is, one with a default, a logarithm, which differs from engine to engine, one as it is, and a truth. */
function slots(group: string, suffix = ""): string {
  return [
    `a${suffix} = @key:${group}:a`,
    `b${suffix} = @key:${group}:b | log1p`,
    `c${suffix} = @key:${group}:c ?? 0`,
    `d${suffix} = @key:${group}:d`,
    `s${suffix} = if(@key:${group}:s == "1", 1, 0)`,
  ].join("\n  ");
}

/** A source with its group and vector, over the files at these paths. */
const texts: Readonly<Record<VectorName, (paths: readonly string[]) => string>> = {
  latest: ([path = ""]) => `
snapshot states { parquet "${path}"
  at t }
group key:latest from states by key { a, b, c, d, s }
vector latest { key key
  ${slots("latest")} }
`,
  known: ([path = ""]) => `
snapshot known { parquet "${path}" known k
  at t }
group key:known from known by key { a, b, c, d, s }
vector known { key key
  ${slots("known")} }
`,
  windows: ([path = ""]) => `
events events { parquet "${path}"
  at t }
group key:windows from events by key {
  ${windows} }
vector windows { key key
  ${stretches
    .flatMap((w) => [
      ...["n", "max", "different", "high", "some"].map((name) => `${name}_${w} = @key:windows:${name}_${w}`),
      `sum_${w} = @key:windows:sum_${w} | log1p`,
      `mean_${w} = @key:windows:mean_${w} ?? 0`,
      ...[0, 1, 2].map((place) => `last_${w}_${String(place)} = item(@key:windows:last_${w}, ${String(place)}) ?? 0`),
    ])
    .join("\n  ")} }
`,
  five: (paths) => `
${states
  .map(
    (n) => `snapshot states${String(n)} { parquet "${paths[n] ?? ""}"
  at t }
group key:g${String(n)} from states${String(n)} by key { a, b, c, d, s }`,
  )
  .join("\n")}
vector five { key key
  ${states.map((n) => slots(`g${String(n)}`, String(n))).join("\n  ")} }
`,
};

/** A project's text: the vectors asked for, each over its files. */
export function definitions(vectors: Partial<Readonly<Record<VectorName, readonly string[]>>>): string {
  const asked = Object.entries(vectors) as readonly (readonly [VectorName, readonly string[]])[];
  return `entity key (key: int)\n${asked.map(([name, paths]) => texts[name](paths)).join("")}`;
}
