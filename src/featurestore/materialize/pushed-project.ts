import { type Clock, formatMicros, type Micros, systemClock, TondoError } from "../../core/index.ts";
import type { GroupPlan, ProjectPlan } from "../../dsl/index.ts";
import type { SourceFile } from "../offline/sources/source-digests.ts";
import type { Engine } from "../duckdb/index.ts";
import type { GroupPointer, OnlineStore } from "../online/index.ts";
import { collectPushed, lastPushed, withPushed } from "../pushed/index.ts";

/** What a load works with, as far as rows that were pushed go. */
export interface PushedProjectOptions {
  readonly project: ProjectPlan;
  readonly store: OnlineStore;
  readonly home: string;
  readonly folder: string;
  readonly engine: Engine;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * The definitions over the files that hold all rows which were pushed up to a load's moment: what is pushed from now on counts from a later one.
 *
 * @throws TondoError `INVALID_ARGUMENT` where that moment has not come and rows are pushed, and what `collectPushed` throws
 */
export async function pushedProject(
  options: PushedProjectOptions,
  chosen: readonly GroupPlan[],
  asOf: Micros,
): Promise<ProjectPlan> {
  const { project, store, home, folder, engine, signal, clock = systemClock } = options;
  if (store.pushed === undefined) return project;
  await store.pushed.close(Math.min(asOf, clock()));
  const names = new Set(chosen.map((group) => group.source));
  const sources = project.sources.filter(({ name }) => names.has(name));
  await collectPushed({ sources, home, store, engine, signal });
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

/**
 * Refuses a load as of a moment before which the store keeps pushed rows no longer beside the generations: requests between could not be answered.
 *
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function refusePast(
  group: string,
  files: readonly SourceFile[],
  current: GroupPointer | undefined,
  asOf: Micros,
): void {
  if (current === undefined) return;
  const { before, rolledBack } = current;
  // A rollback went back to what the rows beside it were kept for.
  const floor =
    before === undefined ? (rolledBack === undefined ? -Infinity : current.asOf) : Math.min(current.asOf, before.asOf);
  if (asOf >= floor || !files.some(({ path, isPushed }) => isPushed === true && lastPushed(path) > asOf)) return;
  throw new TondoError(
    "INVALID_ARGUMENT",
    `${group}: rows were pushed behind ${formatMicros(asOf)} which only loads as of ${formatMicros(floor)} or later can take in`,
    { hint: `Materialize as of ${formatMicros(floor)} or later, or as of the clock.`, details: { group, asOf: floor } },
  );
}
