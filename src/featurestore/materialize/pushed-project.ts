import { join } from "node:path";
import { type Clock, formatMicros, type Micros, systemClock, TondoError } from "../../core/index.ts";
import { type GroupPlan, type ProjectPlan, quoteIdentifier } from "../../dsl/index.ts";
import { readParquet } from "../offline/files/read-files.ts";
import type { SourceFile } from "../offline/sources/source-digests.ts";
import type { Engine } from "../duckdb/index.ts";
import type { ErasedKeys } from "../erase/erased-keys.ts";
import { type GroupPointer, groupName, type OnlineStore } from "../online/index.ts";
import { overlayOf } from "../online/group-pointer.ts";
import { addEmptyParts, collectPushed, lastPushed, withPushed } from "../pushed/index.ts";
import { pushedFolder, pushedParts } from "../pushed/pushed-parts.ts";
import { pushedColumn } from "../pushed/pushed-places.ts";

/** What a load works with, as far as rows that were pushed go. */
export interface PushedProjectOptions {
  readonly project: ProjectPlan;
  readonly store: OnlineStore;
  readonly home: string;
  readonly folder: string;
  readonly engine: Engine;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly erased?: () => Promise<ErasedKeys>;
}

const noneErased = (): Promise<ErasedKeys> => Promise.resolve(() => undefined);

/** By group behind which moment all that is pushed lies beside its generations. */
export type FedSince = ReadonlyMap<string, Micros>;

/**
 * Has what is pushed from now on come in groups that are about to be loaded, whoever pushes it.
 *
 * @param ahead the moment of the load, where that has not come: what is pushed before it comes in none of them
 */
export async function feedGroups(
  { project, store }: Pick<PushedProjectOptions, "project" | "store">,
  chosen: readonly GroupPlan[],
  ahead?: Micros,
): Promise<FedSince> {
  const feeds = chosen.flatMap((group) => {
    const source = project.sources.find(({ name }) => name === group.source);
    if (source === undefined || source.kind === "table") return [];
    const moment = ahead === undefined ? {} : { asOf: ahead };
    return [{ group: groupName(group), source: source.name, overlay: overlayOf(group, source), ...moment }];
  });
  if (store.pushed === undefined || feeds.length === 0) return new Map();
  const since = await store.pushed.feed(feeds);
  return new Map(feeds.map(({ group }, i) => [group, since[i] ?? -Infinity]));
}

/**
 * The definitions over the files that hold all rows which were pushed up to a load's moment, once that was closed.
 *
 * @throws TondoError `INVALID_ARGUMENT` where that moment has not come and rows are pushed, and what `collectPushed` throws
 */
export async function pushedProject(
  options: PushedProjectOptions,
  chosen: readonly GroupPlan[],
  asOf: Micros,
): Promise<ProjectPlan> {
  const { project, store, home, folder, engine, signal, clock = systemClock, erased = noneErased } = options;
  if (store.pushed === undefined) return project;
  const names = new Set(chosen.map((group) => group.source));
  const sources = project.sources.filter(({ name }) => names.has(name));
  await addEmptyParts(sources, home, engine);
  await collectPushed({ sources, groups: project.groups, erased, home, store, engine, signal });
  const placed = await withPushed(project, { home, folder });
  const fed = placed.sources.find(
    ({ name, transports }) =>
      names.has(name) && transports.some((place) => place.format === "parquet" && place.pushed !== undefined),
  );
  if (fed === undefined || asOf <= clock()) return placed;
  throw new TondoError(
    "INVALID_ARGUMENT",
    `rows are pushed to "${fed.name}": what will be until then cannot be loaded`,
    {
      hint: "Materialize as of the clock, or of a moment that has come.",
    },
  );
}

/** Whether a row of a source of these groups counts from that very moment on, of those that {@link pushedProject} has put into files. */
export async function isMomentOfPushed(
  { home, engine, signal }: Pick<PushedProjectOptions, "home" | "engine" | "signal">,
  chosen: readonly GroupPlan[],
  moment: Micros,
): Promise<boolean> {
  for (const source of new Set(chosen.map((group) => group.source))) {
    const part = (await pushedParts(home, source)).find(({ last }) => last >= moment);
    if (part === undefined) continue;
    const rows = readParquet([join(pushedFolder(home, source), part.file)]);
    const found = await engine.rows(
      `select 1 from ${rows} where ${quoteIdentifier(pushedColumn)} = make_timestamp(${String(moment)}) limit 1`,
      "looking at pushed rows",
      signal,
    );
    if (found.length > 0) return true;
  }
  return false;
}

/**
 * Refuses a load as of a moment behind which pushed rows do not lie beside the generations, or no longer: requests between could not be answered.
 *
 * @param since behind which moment they do, be it loaded so before or not
 *
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function refusePast(
  group: string,
  files: readonly SourceFile[],
  { overlay, since = -Infinity }: { readonly overlay: string | undefined; readonly since: Micros | undefined },
  current: GroupPointer | undefined,
  asOf: Micros,
): void {
  const floor = Math.max(since, current?.overlay === overlay ? floorOf(current) : -Infinity);
  if (asOf >= floor || !files.some(({ path, isPushed }) => isPushed === true && lastPushed(path) > asOf)) return;
  throw new TondoError(
    "INVALID_ARGUMENT",
    `${group}: rows were pushed behind ${formatMicros(asOf)} which only loads as of ${formatMicros(floor)} or later can take in`,
    { hint: `Materialize as of ${formatMicros(floor)} or later, or as of the clock.`, details: { group, asOf: floor } },
  );
}

function floorOf(current: GroupPointer | undefined): Micros {
  if (current === undefined) return -Infinity;
  const { asOf, before, rolledBack } = current;
  // A rollback went back to what the rows beside it were kept for.
  if (before === undefined) return rolledBack === undefined ? -Infinity : asOf;
  return Math.min(asOf, before.asOf);
}
