import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../src/featurestore/index.ts";
import { type Sizes, sizesOf } from "./sizes.ts";

/** Where data stay from run to run, some 10 GB at full size; they may be deleted at any time. */
const kept = join(tmpdir(), "tondo-bench");

/** The first moment of all data, and how long they last, microseconds: 60 days. */
const [start, length] = [1_700_000_000_000_000, 5_184_000_000_000];

/** What events are like. */
export interface EventsOptions {
  readonly sizes: Sizes;
  /** Which of several sets of the same form. Default: the first, 0. */
  readonly set?: number;
  /** In how many files; several are in the order of time, as events are logged. Default: one, in none. */
  readonly files?: number;
  /** Which share of the events are of one key, in per cent; default 0. */
  readonly hot?: number;
}

/** SQL of a key by which the same share of rows and events is of one key. */
function keySql(of: string, keys: number, hot: number): string {
  const key = `(hash(${of}) % ${String(keys)})::bigint`;
  return hot === 0 ? key : `case when hash(${of} * 19 + 7) % 100 < ${String(hot)} then 0 else ${key} end`;
}

/** Made-up events over 60 days in microseconds, 1 % of them at the very moment and key of another; known up to a day later. */
function eventsSql({ sizes, set = 0, files = 1, hot = 0 }: EventsOptions, file: number): string {
  const size = Math.ceil(sizes.events / files / 100) * 100;
  const [first, last] = [size * file, Math.min(size * (file + 1), sizes.events)];
  const base = set * 1_000_000_000;
  const step = length / sizes.events;
  const after =
    files === 1
      ? `hash(j * 7 + 1) % ${String(length)}`
      : `(j - ${String(base)}) * ${step.toFixed(3)} + hash(j * 7 + 1) % ${String(Math.ceil(step * 1000))}`;
  return `
    select ${keySql("j", sizes.keys, hot)} as key,
      make_timestamp(${String(start)} + (${after})::bigint) as t,
      t + to_microseconds((hash(i * 11) % 86400000000)::bigint) as k,
      (hash(i * 3 + 1) % 1000)::double as a, (hash(i * 3 + 2) % 1000) / 9.0::double as b,
      (hash(i) % 100)::bigint as c, i as d, (hash(i * 5) % 30)::varchar as s
    from (select i, case when i % 100 = 0 then i + 1 else i end as j
      from range(${String(base + first)}, ${String(base + last)}) e(i))`;
}

/** Left rows at moments all over the 60 days; some keys have no events. */
function rowsSql({ keys, rows }: Sizes, hot: number): string {
  const key = keySql("i * 13 + 5", keys + Math.ceil(keys / 50), hot);
  return `select i as row, make_timestamp(${String(start)} + (hash(i * 17 + 3) % ${String(length)})::bigint) as asked_at, ${key} as "key"
    from range(${String(rows)}) r(i)`;
}

/** The path of the files of events, with `*` where there are several; made when they are first asked for. */
export async function eventFiles(engine: Engine, options: EventsOptions): Promise<string> {
  const { files = 1 } = options;
  const queries = Array.from({ length: files }, (_, file) => eventsSql(options, file));
  return join(await keep(engine, "events", queries), files === 1 ? "0.parquet" : "*.parquet");
}

/** The path of the file of left rows: `row`, `asked_at` and `key`. */
export async function rowFile(engine: Engine, sizes: Sizes, hot = 0): Promise<string> {
  return join(await keep(engine, "rows", [rowsSql(sizes, hot)]), "0.parquet");
}

/** A folder with one file a query, found by what the queries are. */
async function keep(engine: Engine, name: string, queries: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(queries.join(";")).digest("hex").slice(0, 12);
  const folder = join(kept, `${name}-${hash}`);
  if (existsSync(folder)) return folder;
  await mkdir(kept, { recursive: true });
  const making = await mkdtemp(`${folder}-`);
  for (const [i, query] of queries.entries()) {
    const file = join(making, `${String(i).padStart(queries.length > 1 ? 3 : 1, "0")}.parquet`);
    await engine.run(`copy (${query}) to '${file}'`, "making data");
  }
  try {
    await rename(making, folder);
  } catch (error) {
    // Another run was faster.
    await rm(making, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** The sizes of the cases with a hundred million events, and in how many files they lie. */
export const hundredMillion: EventsOptions = { sizes: sizesOf(10), files: 20 };
