import type { Engine } from "../duckdb/index.ts";
import type { JoinUnit } from "./join-unit.ts";
import { finish, startOf, stoodAt } from "./join-windows.ts";
import { floorTo, rangeJoin } from "./range-join.ts";
import type { SourceRelation } from "./source-relation.ts";
import { mergeColumns, stateColumns, updateColumns, type Window, windowsOf } from "./window-states.ts";

/** Hops of a join's windows, coarsest first, if each divides the one before: only then can tiles of one follow on the other's. */
export function tileLevels(unit: JoinUnit): readonly number[] | undefined {
  const hops = [...new Set(windowsOf(unit).map(({ plan }) => plan.hop))].sort((a, b) => b - a);
  return hops.every((hop, i) => i === 0 || (hops[i - 1] ?? 0) % hop === 0) ? hops : undefined;
}

/**
 * Windows as of each left row through tiles: states of all events of a key within one hop, made once and merged by the many
 * rows that see them. Works for every aggregate, since all are monoids.
 *
 * An event is settled if it became known within `settle` after it happened and no later version replaced it. A tile of settled
 * events is whole, and known to a request at q, once it ended `settle` before q. So a window [lo, q) is covered by tiles of its
 * own hop from lo on to the last whole one, by tiles of the finer hops after that, by single events from the end of the finest
 * tile to q, and by the unsettled events of the stretch that the tiles cover. Rows that ask the same tiles ask once.
 *
 * `events` names a table of the relation's rows; `left` names one with `row`, `q` and the keys.
 */
export async function joinWindowsByTiles(
  engine: Engine,
  unit: JoinUnit,
  relation: SourceRelation,
  left: string,
  events: string,
  settle: number,
  signal?: AbortSignal,
): Promise<string> {
  const levels = tileLevels(unit);
  if (levels === undefined) throw new Error(`${unit.name} has hops that do not divide each other`);
  const windows = windowsOf(unit);
  const keys = relation.keys.join(", ");
  const doing = `joining ${unit.group.entity}:${unit.group.name}`;
  const run = (sql: string): Promise<void> => engine.run(sql, doing, signal);
  const covers = levels.map((hop, i) => `${floorTo(`q - ${String(settle)}`, hop)} as c${String(i)}`);
  await run(`create or replace temp table ${unit.name}_left as select row, q, ${keys},
    ${[...windows.map((window, i) => `${startOf(window)} as lo${String(i)}`), ...covers].join(", ")} from ${left}
    where ${relation.keys.map((key) => `${key} is not null`).join(" and ")}`);
  const settled = `k <= t + ${String(settle)}${relation.hasVersions ? " and until is null" : ""}`;
  const parts: string[] = [];
  for (const [i, hop] of levels.entries()) {
    const own = windows.flatMap((window, w) => (window.plan.hop >= hop ? [{ window, w }] : []));
    const from = own.map(({ window, w }) =>
      window.plan.hop === hop
        ? `lo${String(w)} as f${String(w)}`
        : `greatest(lo${String(w)}, c${String(i - 1)}) as f${String(w)}`,
    );
    const asked = [...relation.keys, ...own.map(({ w }) => `f${String(w)}`), `c${String(i)}`];
    const level = `${unit.name}_level${String(i)}`;
    await run(
      `create or replace temp table ${level}_rows as select row, ${keys}, ${from.join(", ")}, c${String(i)} from ${unit.name}_left`,
    );
    await run(`create or replace temp table ${level}_asked as
      select row_number() over () as ask, * from (select distinct ${asked.join(", ")} from ${level}_rows)`);
    await run(`create or replace temp table ${level}_tiles as
      select ${keys}, ${floorTo("t", hop)} as start, ${own.flatMap(({ window }) => updateColumns(window, relation.order, "true")).join(", ")}
      from ${events} where ${settled} group by ${keys}, start`);
    const width = Math.max(
      ...own.map(({ window }) => (window.plan.hop === hop ? window.plan.over + hop : (levels[i - 1] ?? 0) + hop)),
    );
    const merged = rangeJoin({
      left: `select *, least(${own.map(({ w }) => `f${String(w)}`).join(", ")}) as lo, c${String(i)} as hi from ${level}_asked`,
      right: `select * from ${level}_tiles`,
      keys: relation.keys,
      moment: "start",
      width,
      select: `a.ask, ${own.flatMap(({ window, w }) => mergeColumns(window, `b.start >= a.f${String(w)}`)).join(", ")}`,
      groupBy: "a.ask",
    });
    parts.push(`select row, ${allStates(
      windows,
      own.map(({ window }) => window),
    )} from ${level}_rows
      join ${level}_asked using (${asked.join(", ")}) join (${merged}) using (ask)`);
  }
  const last = `c${String(levels.length - 1)}`;
  const finest = levels.at(-1) ?? 0;
  parts.push(
    singles(windows, relation, {
      left: `select *, least(${windows.map((_, w) => `g${String(w)}`).join(", ")}) as lo, q as hi
      from (select *, ${windows.map((_, w) => `greatest(lo${String(w)}, ${last}) as g${String(w)}`).join(", ")} from ${unit.name}_left)`,
      events: `select * from ${events}`,
      from: "g",
      width: finest + settle + 1,
    }),
  );
  if (relation.hasKnown || relation.hasVersions) {
    parts.push(
      singles(windows, relation, {
        left: `select *, least(${windows.map((_, w) => `lo${String(w)}`).join(", ")}) as lo, least(${last}, q) as hi from ${unit.name}_left`,
        events: `select * from ${events} where not (${settled})`,
        from: "lo",
        width: Math.max(...windows.map(({ plan }) => plan.over + plan.hop)),
      }),
    );
  }
  const states = `select row, ${windows.flatMap((window) => mergeColumns(window)).join(", ")} from (${parts.join(" union all ")}) group by row`;
  return finish(engine, windows, relation, `select * from ${left}`, states);
}

/** States over single events from each window's `from` on, by row. */
function singles(
  windows: readonly Window[],
  relation: SourceRelation,
  {
    left,
    events,
    from,
    width,
  }: { readonly left: string; readonly events: string; readonly from: string; readonly width: number },
): string {
  const updates = windows.flatMap((window, w) => updateColumns(window, relation.order, `b.t >= a.${from}${String(w)}`));
  const joined = rangeJoin({
    left,
    right: events,
    keys: relation.keys,
    moment: "t",
    width,
    select: `a.row, ${updates.join(", ")}`,
    condition: stoodAt(relation, "a.q"),
    groupBy: "a.row",
  });
  return `select row, ${allStates(windows, windows)} from (${joined})`;
}

/** The states of all windows, NULL for those that a part does not have. */
function allStates(all: readonly Window[], present: readonly Window[]): string {
  return all
    .flatMap((window) =>
      stateColumns(window).map((column) => (present.includes(window) ? column : `null as ${column}`)),
    )
    .join(", ");
}

/** The tables that {@link joinWindowsByTiles} leaves behind. */
export function tileTables(unit: JoinUnit): readonly string[] {
  const levels = tileLevels(unit) ?? [];
  return [
    `${unit.name}_left`,
    ...levels.flatMap((_, i) => ["rows", "asked", "tiles"].map((part) => `${unit.name}_level${String(i)}_${part}`)),
  ];
}
