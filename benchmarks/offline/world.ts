import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VectorPlan } from "../../src/dsl/index.ts";
import { Engine, loadProject } from "../../src/featurestore/index.ts";

/** How much data: a run of all cases takes half an hour. */
export const sizes = { events: 10_000_000, keys: 100_000, rows: 1_000_000 } as const;

const stretches = ["30d", "7d", "1h"];

const definitions = `
entity key (key: int)
snapshot states { parquet "events.parquet"
  at t }
snapshot known { parquet "events.parquet" known k
  at t }
events events { parquet "events.parquet"
  at t }
group key:latest from states by key { a, b, c, d, s }
group key:known from known by key { a, b, c, d, s }
group key:windows from events by key {
${stretches
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
  .map((line) => `  ${line}`)
  .join("\n")}
}
vector latest { key key
${["a", "b", "c", "d"].map((name) => `  ${name} = @key:latest:${name}`).join("\n")}
  s = if(@key:latest:s == "1", 1, 0) }
vector known { key key
${["a", "b", "c", "d"].map((name) => `  ${name} = @key:known:${name}`).join("\n")}
  s = if(@key:known:s == "1", 1, 0) }
vector windows { key key
${stretches
  .flatMap((w) => [
    ...["n", "sum", "mean", "max", "different", "high", "some"].map(
      (name) => `${name}_${w} = @key:windows:${name}_${w}`,
    ),
    `last_${w} = item(@key:windows:last_${w}, 0) ?? 0`,
  ])
  .map((line) => `  ${line}`)
  .join("\n")} }
`;

/** Made-up events over 60 days in microseconds, 1 % of them at the very moment and key of another; known up to a day later. */
const eventsSql = `
  select (hash(j) % ${String(sizes.keys)})::bigint as key,
    make_timestamp(1700000000000000 + (hash(j * 7 + 1) % 5184000000000)::bigint) as t,
    t + to_microseconds((hash(i * 11) % 86400000000)::bigint) as k,
    (hash(i * 3 + 1) % 1000)::double as a, (hash(i * 3 + 2) % 1000) / 9.0::double as b,
    (hash(i) % 100)::bigint as c, i as d, (hash(i * 5) % 30)::varchar as s
  from (select i, case when i % 100 = 0 then i + 1 else i end as j from range(${String(sizes.events)}) e(i))`;

/** An engine with the table `l` of left rows (`row`, `q`, `"key"`), and a folder with the events. */
export interface World {
  readonly engine: Engine;
  readonly folder: string;
  /** SQL of the file of events. */
  readonly events: string;
  vector(name: string): VectorPlan;
  close(): Promise<void>;
}

/** Makes the data. */
export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-bench-"));
  const path = join(folder, "events.parquet");
  const engine = await Engine.open({ memory: "4GB", threads: 2, spillFolder: join(folder, "spill") });
  await engine.run(`copy (${eventsSql}) to '${path}'`, "making events");
  await engine.run(
    `create temp table l as select i as row, 1700000000000000 + (hash(i * 17 + 3) % 5184000000000)::bigint as q,
      (hash(i * 13 + 5) % ${String(sizes.keys + 2000)})::bigint as "key" from range(${String(sizes.rows)}) r(i)`,
    "making rows",
  );
  await writeFile(join(folder, "bench.tondo"), definitions);
  const { plan } = await loadProject(folder);
  return {
    engine,
    folder,
    events: `read_parquet('${path}')`,
    vector: (name) => {
      const vector = plan.vectors.find((one) => one.name === name);
      if (vector === undefined) throw new Error(`no vector ${name}`);
      return vector;
    },
    close: async () => {
      engine.close();
      await rm(folder, { recursive: true });
    },
  };
}
