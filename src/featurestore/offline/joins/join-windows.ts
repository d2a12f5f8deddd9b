import type { ProgramHost } from "../../duckdb/index.ts";
import type { JoinUnit } from "./join-unit.ts";
import { rangeJoin } from "./range-join.ts";
import { floorTo } from "../files/floor-sql.ts";
import type { SourceRelation } from "../sources/source-relation.ts";
import { finalColumn, updateColumns, type Window, windowsOf } from "./window-states.ts";

/** The condition that the version of an event stood at a moment. */
export function stoodAt(relation: SourceRelation, moment: string): string {
  return relation.hasVersions ? `k <= ${moment} and (until is null or ${moment} < until)` : `k <= ${moment}`;
}

/** SQL of the start of a backward window at `q`: the floor of q - over to its hop. */
export function startOf({ plan }: Window): string {
  return floorTo(`q - ${String(plan.over)}`, plan.hop);
}

/**
 * SQL of windows as of each left row by pairing it with the events it sees: contract 4 and 5. `left` has `row`, `q` and
 * `key0`, ... What looks forward sees what was known by its end and the source's lag. A row with a missing key sees nothing and knows nothing, not even a count.
 */
export function joinWindowsByRange(
  engine: ProgramHost,
  unit: JoinUnit,
  relation: SourceRelation,
  left: string,
): string {
  const windows = windowsOf(unit);
  const keys = relation.keys.join(", ");
  const back = unit.direction === "back";
  const starts = windows.map((window, i) => `${back ? startOf(window) : "q"} as lo${String(i)}`);
  const ends = windows.map((window, i) => `${back ? "q" : `q + ${String(window.plan.over)}`} as hi${String(i)}`);
  const outer = back
    ? `least(${windows.map((_, i) => `lo${String(i)}`).join(", ")}) as lo, q as hi`
    : // After q, up to and including q + over.
      `q + 1 as lo, greatest(${windows.map((_, i) => `hi${String(i)}`).join(", ")}) + 1 as hi`;
  const width = Math.max(...windows.map(({ plan }) => plan.over + plan.hop + 1));
  const updates = windows.flatMap((window, i) => {
    const inside = back
      ? `b.t >= a.lo${String(i)}`
      : `b.t <= a.hi${String(i)} and ${stoodAt(relation, `(a.hi${String(i)} + ${String(relation.lag)})`)}`;
    return updateColumns(window, relation.order, inside);
  });
  const states = rangeJoin({
    left: `select *, ${outer} from (select row, q, ${keys}, ${[...starts, ...ends].join(", ")} from (${left}))`,
    right: relation.sql,
    keys: relation.keys,
    moment: "t",
    width,
    select: `a.row, ${updates.join(", ")}`,
    ...(back ? { condition: stoodAt(relation, "a.q") } : {}),
    groupBy: "a.row",
  });
  return finish(engine, windows, relation, left, states);
}

/** States by row as results, for all left rows. */
export function finish(
  engine: ProgramHost,
  windows: readonly Window[],
  relation: SourceRelation,
  left: string,
  states: string,
): string {
  const known = relation.keys.map((key) => `l.${key} is not null`).join(" and ");
  return `select l.row, ${windows.map((window) => `case when ${known} then ${finalColumn(engine, window)} end as ${window.column}`).join(", ")}
    from (${left}) l left join (${states}) s on l.row = s.row`;
}
