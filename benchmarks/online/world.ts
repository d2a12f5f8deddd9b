import { rmSync } from "node:fs";
import { copyFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VectorPlan } from "../../src/dsl/index.ts";
import { Engine } from "../../src/featurestore/index.ts";
import { linearTrainer, open, toMicros, type Tondo } from "../../src/index.ts";
import { scaled } from "../harness/scale.ts";

/** Users with a profile and purchases; the first thousand have views, too. */
export const users: number = scaled(100_000, 2000);
export const viewers: number = scaled(1000, 50);

/** What everything is loaded as of. */
export const loadedAt: string = "2024-03-01T12:34:56Z";
export const at: number = toMicros(loadedAt);

/** A loaded store with a model. */
export interface World {
  readonly tondo: Tondo;
  /** The LMDB folder. */
  readonly store: string;
}

let world: Promise<World> | undefined;

/** Made once for all cases; removed when the process ends. */
export function openWorld(): Promise<World> {
  world ??= makeWorld();
  return world;
}

/** The same, opened once more, with a log of all that it serves. */
export async function openLogged(): Promise<Tondo> {
  const { tondo } = await openWorld();
  return open({ folder: tondo.folder, actor: "bench", served: { rate: 1 } });
}

/** The id of a user. */
export function userId(i: number): string {
  return `u${String(i).padStart(6, "0")}`;
}

/** Ids of so many users in an order that no cache likes. */
export function ids(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => userId((i * 7919) % count));
}

/** A folder that is removed when the process ends, however it does but for a kill. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-bench-online-"));
  process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A folder with the definitions and their sources. */
export async function makeProject(): Promise<string> {
  const folder = await freshFolder();
  await makeSources(folder);
  await copyFile(join(import.meta.dirname, "definitions.tondo"), join(folder, "definitions.tondo"));
  return folder;
}

/** A vector of the definitions. */
export async function vectorOf(tondo: Tondo, name: string): Promise<VectorPlan> {
  const vector = (await tondo.project()).vectors.find((one) => one.name === name);
  if (vector === undefined) throw new Error(`no vector ${name}`);
  return vector;
}

async function makeWorld(): Promise<World> {
  const folder = await makeProject();
  const tondo = await open({ folder, actor: "bench" });
  process.once("beforeExit", () => {
    void tondo.close();
  });
  await tondo.apply();
  await tondo.materialize({ asOf: loadedAt });
  const set = await tondo.trainingSet({ vector: "spend", rows: "rows.parquet", output: "set" });
  await tondo.train({ set, model: "spend", label: "next", trainer: linearTrainer, tag: "champion" });
  return { tondo, store: join(tondo.home, "online") };
}

/** An endless walk through a list. */
export function walk(list: readonly string[]): () => string {
  let i = 0;
  return () => list[i++ % list.length] ?? "";
}

// A number in [0, n) that looks like chance and is always the same.
const chance = (salt: number, n: number): string => `(hash(i * 31 + ${String(salt)}) % ${String(n)})::bigint`;
const month = 30 * 86_400_000_000;
const moment = (salt: number, n: number): string =>
  `timestamp '2024-03-01 12:34:56' - to_microseconds(1 + ${chance(salt, n)})`;
const id = (i: string): string => `format('u{:06d}', ${i})`;

async function write(engine: Engine, folder: string, name: string, select: string): Promise<void> {
  await engine.run(`copy (${select}) to '${join(folder, name)}' (format parquet)`, `writing ${name}`);
}

/** Writes a file with one row for each of so many users: eight floats of which a tenth are missing, an int and a text. Another seed gives others. */
export async function writeProfiles(folder: string, name: string, count: number, seed = 0): Promise<void> {
  const of = (salt: number, n: number): string => chance(1000 * seed + salt, n);
  const floats = Array.from(
    { length: 8 },
    (_, f) => `case when ${of(100 + f, 10)} > 0 then ${of(f, 1_000_000)} / 1000.0::double end as f${String(f)}`,
  );
  const engine = await Engine.open();
  try {
    await write(
      engine,
      folder,
      name,
      `select ${id("i")} as user_id, ${floats.join(", ")}, ${of(8, 500)} as visits,
        ['free', 'pro', 'team'][1 + ${of(9, 3)}] as plan, ${moment(1000 * seed + 10, month)} as updated_at
        from range(${String(count)}) t(i)`,
    );
  } finally {
    engine.close();
  }
}

async function makeSources(folder: string): Promise<void> {
  await writeProfiles(folder, "profiles.parquet", users);
  const engine = await Engine.open();
  try {
    await write(
      engine,
      folder,
      "purchases.parquet",
      `select ${id(`i % ${String(users)}`)} as user_id, ${chance(1, 100_000)} / 100.0::double as amount,
        ${moment(2, month)} as bought_at from range(${String(users * 20)}) t(i)`,
    );
    await write(
      engine,
      folder,
      "views.parquet",
      `select ${id(`i % ${String(viewers)}`)} as user_id, ${chance(3, 100_000)} / 1000.0::double as seconds,
        ${moment(4, month)} as viewed_at from range(${String(viewers * 1000)}) t(i)`,
    );
    await write(
      engine,
      folder,
      "rows.parquet",
      `select ${id(`(i * 37) % ${String(users)}`)} as "user", timestamp '2024-03-01 12:34:56' as "at",
        ${chance(5, 1000)} / 10.0::double as next from range(2000) t(i)`,
    );
  } finally {
    engine.close();
  }
}
