import { setTimeout } from "node:timers/promises";
import { join } from "node:path";
import { type Micros, parseTypeName, TondoError } from "../../core/index.ts";
import { type FunctionLibrary, type GroupPlan, fromRaw, type Raw, type SourcePlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import type { ErasedKeys } from "../erase/erased-keys.ts";
import { type PartColumn, PartWriter } from "../extract/part-writer.ts";
import { type HomeLock, lockHome } from "../home-lock.ts";
import { groupName, type OnlineStore } from "../online/index.ts";
import type { LoggedRow } from "../online/pushed-store.ts";
import { columnsOfText, isLateText, originOf, pushedRaw, type RowOrigin } from "../online/pushed-values.ts";
import { claimPushed } from "./pushed-home.ts";
import { dayOf, pushedFolder, pushedParts, removeUnfinished } from "./pushed-parts.ts";
import { originColumns, partColumns, pushedColumn } from "./pushed-places.ts";
import { rowKeys } from "./row-keys.ts";

/** What is put into files, whence and where. */
export interface CollectOptions {
  readonly sources: readonly SourcePlan[];
  /** The groups over them, whose keys can be erased. */
  readonly groups: readonly GroupPlan[];
  /** Which keys were erased, asked once rows were read: those of none come into files. */
  readonly erased: () => Promise<ErasedKeys>;
  readonly home: string;
  readonly store: OnlineStore;
  /** The engine; or what opens one where there is something to write, which is closed again. */
  readonly engine: Engine | (() => Promise<Engine>);
  readonly signal?: AbortSignal | undefined;
}

/** How many rows are read from the log at once, and held in memory: a file of pushed rows has no more. */
const rowsAtOnce = 50_000;

/** How long is waited for another who puts rows into files, milliseconds. */
const waitMs = 60_000;

/**
 * Puts the rows that programs have pushed from the store's log into Parquet files in the home, by the day from which they count, which loads and training sets read. A row leaves the log once it is durable
 * in a file; one that was put there by a process which was killed before it said so is not put there twice. One of an erased key leaves the store.
 *
 * @throws TondoError `HOME_BUSY` where another does the same for longer than a minute, `INVALID_ARGUMENT` where another home does, `ERASURES_UNREADABLE`, `IO_FAILED`, `ABORTED`, and what the store throws
 */
export async function collectPushed(options: CollectOptions): Promise<void> {
  const { sources, home, store } = options;
  const { pushed } = store;
  if (pushed === undefined) return;
  const waiting: SourcePlan[] = [];
  for (const source of sources)
    if ((await pushed.logged(source.name, Number.MIN_SAFE_INTEGER, 1)).length > 0) waiting.push(source);
  if (waiting.length === 0) return;
  using _lock = await lockPushed(home);
  await claimPushed(store, home);
  const { engine } = options;
  if (typeof engine !== "function") {
    for (const source of waiting) await collectSource(source, engine, options);
    return;
  }
  const opened = await engine();
  try {
    for (const source of waiting) await collectSource(source, opened, options);
  } finally {
    opened.close();
  }
}

/** Takes the lock under which rows come into files and leave them. */
export async function lockPushed(home: string): Promise<HomeLock> {
  const until = performance.now() + waitMs;
  for (;;) {
    try {
      return lockHome(join(home, "pushed"), "put pushed rows into files");
    } catch (error) {
      if (!(error instanceof TondoError) || error.code !== "HOME_BUSY" || performance.now() > until) throw error;
      await setTimeout(50);
    }
  }
}

/**
 * The moments of rows of keys that are erased. Whoever pushed them looked before they were erased, and does not live any more or has not looked again; whoever erased them looked
 * before they were there.
 */
function erasedMoments(
  source: SourcePlan,
  rows: readonly LoggedRow[],
  erased: ErasedKeys,
  groups: readonly GroupPlan[],
  functions: FunctionLibrary,
): ReadonlySet<Micros> {
  const texts = rows.map(({ text }) => text);
  const gone = new Set<Micros>();
  for (const group of groups) {
    const own = group.source === source.name ? erased(group.entity) : undefined;
    if (own === undefined) continue;
    for (const [i, key] of rowKeys(group, source, functions)(texts).entries()) {
      const row = rows[i];
      if (row !== undefined && key !== undefined && own.has(key)) gone.add(row.k);
    }
  }
  return gone;
}

/** Removes rows from the log and all overlays, by their moments. */
async function dropMoments(
  { pushed }: OnlineStore,
  source: string,
  groups: readonly GroupPlan[],
  gone: ReadonlySet<Micros>,
): Promise<void> {
  // The log last: what dies in between begins with it again.
  for (const group of groups.filter((one) => one.source === source).map(groupName))
    for (const overlay of (await pushed?.overlays(group)) ?? [])
      await pushed?.drop(group, overlay, ({ k }) => gone.has(k));
  await pushed?.dropLogged(source, ({ k }) => gone.has(k));
}

async function collectSource(source: SourcePlan, engine: Engine, options: CollectOptions): Promise<void> {
  const { home, store, signal } = options;
  const columns = partColumns(source).map(({ name, type }) => ({
    ...{ name, kind: parseTypeName(type).kind },
    zoned: false,
  }));
  await removeUnfinished(home, source.name);
  for (;;) {
    const last = (await pushedParts(home, source.name)).at(-1)?.last ?? Number.MIN_SAFE_INTEGER;
    await store.pushed?.dropLogged(source.name, ({ k }) => k <= last);
    const rows = (await store.pushed?.logged(source.name, last, rowsAtOnce)) ?? [];
    if (rows.length === 0) return;
    const gone = erasedMoments(source, rows, await options.erased(), options.groups, engine.functions);
    if (gone.size > 0) {
      await dropMoments(store, source.name, options.groups, gone);
      continue;
    }
    for (const [day, own] of Map.groupBy(rows, ({ k }) => dayOf(k)))
      await writeDay(own, columns, engine, join(pushedFolder(home, source.name), day), signal);
  }
}

/** Writes the next rows of one day, in the order of their moments: they are in files once the last one is there. */
async function writeDay(
  rows: readonly LoggedRow[],
  columns: readonly PartColumn[],
  engine: Engine,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const last = rows.at(-1)?.k ?? Number.MIN_SAFE_INTEGER;
  // The late ones first: their rows leave the log with the others'.
  for (const name of ["late", "part"] as const) {
    const own = rows.filter(({ text }) => isLateText(text) === (name === "late"));
    if (name === "late" && own.length === 0) continue;
    const writer = await PartWriter.open(engine, columns);
    try {
      writer.append(
        own.map(({ k, text }) => {
          const held = heldColumns(text, k);
          return columns.map(({ name: column, kind }) => fromRaw(pushedRaw(held.get(column) ?? null, kind), kind));
        }),
      );
    } finally {
      writer.finish();
    }
    await writer.write(folder, last, undefined, signal, { name });
  }
}

/** All that the log says of a row, by the columns of files. */
function heldColumns(text: string, k: Micros): ReadonlyMap<string, Raw> {
  const held = new Map(Object.entries(columnsOfText(text)));
  const origin = originOf(text);
  if (origin !== undefined)
    for (const [part, column] of Object.entries(originColumns)) held.set(column, origin[part as keyof RowOrigin]);
  return held.set(pushedColumn, k);
}
