import { type Progress, silentProgress, TondoError } from "../../../core/index.ts";
import { type GroupPlan, quoteIdentifier, storedNames, type VectorPlan } from "../../../dsl/index.ts";
import type { Engine, ProgramHost } from "../../duckdb/index.ts";
import { selectExpressions } from "../expressions-sql.ts";
import type { AppliedRows } from "../../applied/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import { appliedWarnings } from "./applied-warnings.ts";
import { UnitJoin } from "./unit-join.ts";
import { type JoinUnit, joinUnits } from "./join-unit.ts";
import type { JoinPlan } from "./join-plan.ts";
import type { JoinReport } from "./join-report.ts";
import { type OpenedSource, openSource } from "../sources/open-source.ts";

/** What a join of a vector's reads needs. */
export interface JoinOptions {
  readonly engine: Engine;
  readonly vector: VectorPlan;
  /** A table with `row` (0, 1, ...), `q` (BIGINT microseconds) and the vector's key columns and inputs. */
  readonly left: string;
  /** SQL of a column of `left` by its name; default: its quoted name. */
  readonly column?: (name: string) => string;
  readonly places: FilePlaces;
  /** When rows of groups (`entity:group`) were first applied online: of those that are here what looks back sees them from then on. */
  readonly applied?: ReadonlyMap<string, AppliedRows> | undefined;
  /** Default: what the planner chooses. */
  readonly plan?: JoinPlan | undefined;
  /** Joins a unit, in place of this engine's own way. */
  readonly joinUnit?: UnitJoiner | undefined;
  /** Results of a run before that need not be joined again; default: none. */
  readonly kept?: KeptJoins | undefined;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** Makes the table of a unit's name, with every left row once. `left` is SQL of the left rows' `row`, `q` and key. */
export type UnitJoiner = (unit: JoinUnit, source: OpenedSource, left: string) => Promise<JoinReport>;

/** Where the results of joins outlive a killed run. */
export interface KeptJoins {
  /** Makes a view of the unit's name, if its result is there; `undefined` where it must be joined. */
  load(unit: JoinUnit): Promise<JoinReport | undefined>;
  /** Told of each unit that was joined; it may keep its table. Gives whether a view of what it kept stands in the table's place. */
  keep(unit: JoinUnit, report: JoinReport): Promise<boolean>;
}

/** For each read its column in one of the result tables, all of which have `row` and every row once. */
export interface Joined {
  readonly tables: readonly string[];
  /** Those of `tables` that are views of what was kept. */
  readonly views: ReadonlySet<string>;
  readonly columnOf: ReadonlyMap<string, string>;
  readonly reports: readonly JoinReport[];
}

/**
 * Joins what a vector reads as of each left row: the point-in-time join of the time contract. Reads whose keys are computed from other
 * reads are joined after those. One join at a time, so that
 * memory is bounded by the largest; each leaves a table, or a view of what was kept of it.
 */
export async function joinReads({
  engine,
  vector,
  left,
  column = quoteIdentifier,
  places,
  applied,
  plan,
  joinUnit = (unit, source, keyed) => new UnitJoin(engine, unit, source, signal).run(keyed, plan),
  kept,
  progress = silentProgress,
  signal,
}: JoinOptions): Promise<Joined> {
  const units = joinUnits(vector);
  const sources = new Map<GroupPlan, Partial<Record<"declared" | "applied", OpenedSource>>>();
  const found = new Map<string, FoundRead>();
  const reports: JoinReport[] = [];
  const views = new Set<string>();
  for (const [i, unit] of units.entries()) {
    const before = await kept?.load(unit);
    if (before === undefined) {
      const { group } = unit;
      // What looks forward is never served: it sees what the source says.
      const rows = unit.direction === "next" ? undefined : applied?.get(`${group.entity}:${group.name}`);
      const known = rows === undefined ? "declared" : "applied";
      const opened = sources.get(group);
      const source = opened?.[known] ?? (await openSource(engine, group, unit.source, places, rows));
      sources.set(group, { ...opened, [known]: source });
      const keyed = keyedLeft(engine, unit, left, column, found);
      const joined = await joinUnit(unit, source, keyed);
      const warnings = rows === undefined ? [] : await appliedWarnings(engine, unit, rows, source.whole, left, signal);
      const report =
        warnings.length === 0 ? joined : { ...joined, warnings: [...(joined.warnings ?? []), ...warnings] };
      reports.push(report);
      if ((await kept?.keep(unit, report)) === true) views.add(unit.name);
    } else {
      reports.push(before);
      views.add(unit.name);
    }
    for (const { ids, column: own } of unit.reads) {
      for (const id of ids) found.set(id, { table: unit.name, column: own });
    }
    progress.update(i + 1);
  }
  const columnOf = new Map([...found].map(([id, { column: own }]) => [id, own]));
  return { tables: units.map(({ name }) => name), views, columnOf, reports };
}

/** Where an earlier join left a read's values. */
export interface FoundRead {
  readonly table: string;
  readonly column: string;
}

/** The left rows with a join's key, which may be computed from what was joined before: each row's as of its own moment. */
export function keyedLeft(
  engine: ProgramHost,
  unit: JoinUnit,
  left: string,
  column: (name: string) => string,
  found: ReadonlyMap<string, FoundRead>,
): string {
  const key = unit.key.map((value, i) => ({ name: `key${String(i)}`, value }));
  const before = new Set(storedNames(...unit.key).flatMap((id) => found.get(id)?.table ?? []));
  const from = `${left}${[...before].map((table) => ` join ${table} using (row)`).join("")}`;
  const { sql } = selectExpressions(engine, `select * from ${from}`, key, (plan) => {
    if (plan.node === "now") return "q";
    if (plan.node === "column") return column(plan.name);
    const read = plan.node === "stored" ? found.get(plan.name) : undefined;
    if (read !== undefined) return read.column;
    throw new TondoError("INTERNAL", `a key of ${unit.group.entity}:${unit.group.name} reads ${plan.node}`);
  });
  return `select row, q, ${key.map(({ name }) => name).join(", ")} from (${sql})`;
}
