import { type Progress, silentProgress, TondoError } from "../../../core/index.ts";
import { quoteIdentifier, storedNames, type VectorPlan } from "../../../dsl/index.ts";
import type { Engine, ProgramHost } from "../../duckdb/index.ts";
import { selectExpressions } from "../expressions-sql.ts";
import type { FilePlaces } from "../files/file-places.ts";
import { joinSnapshot, joinTable } from "./join-latest.ts";
import { foundKeysSql, hasComputedKey, isKeyedFirst, keyedTable, visibleEventsSql } from "./join-steps.ts";
import { type JoinUnit, joinUnits } from "./join-unit.ts";
import { type JoinWarning, joinWarnings } from "./join-warnings.ts";
import { joinWindowsByRange } from "./join-windows.ts";
import { type SourceRelation, sourceRelation } from "../sources/source-relation.ts";
import { joinWindowsBySweep } from "./sweep/index.ts";

/** How windows are joined; results never depend on it. */
export type WindowJoin = "sweep" | "range";

/** What a join did, for `explain` and for the curious. */
export interface JoinReport {
  readonly group: string;
  readonly join: "latest" | "table" | WindowJoin;
  readonly reason: string;
  readonly inJavaScript: readonly string[];
  /** Where the key is computed: how many left rows came to one that the source has at all, at whatever time. */
  readonly foundKeys?: number;
  /** What is allowed and seldom meant; absent where there is nothing of the kind. */
  readonly warnings?: readonly JoinWarning[];
}

/** What a join of a vector's reads needs. */
export interface JoinOptions {
  readonly engine: Engine;
  readonly vector: VectorPlan;
  /** A table with `row` (0, 1, ...), `q` (BIGINT microseconds) and the vector's key columns and inputs. */
  readonly left: string;
  /** SQL of a column of `left` by its name; default: its quoted name. */
  readonly column?: (name: string) => string;
  readonly places: FilePlaces;
  /** Default: by sweep. */
  readonly windows?: WindowJoin | undefined;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** For each read its column in one of the result tables, all of which have `row` and every row once. */
export interface Joined {
  readonly tables: readonly string[];
  readonly columnOf: ReadonlyMap<string, string>;
  readonly reports: readonly JoinReport[];
}

/**
 * Joins what a vector reads as of each left row: the point-in-time join of the time contract. Reads whose keys are computed from other
 * reads are joined after those. One join at a time, so that
 * memory is bounded by the largest; each leaves a table.
 */
export async function joinReads({
  engine,
  vector,
  left,
  column = quoteIdentifier,
  places,
  windows,
  progress = silentProgress,
  signal,
}: JoinOptions): Promise<Joined> {
  const units = joinUnits(vector);
  const found = new Map<string, FoundRead>();
  const reports: JoinReport[] = [];
  for (const [i, unit] of units.entries()) {
    const relation = await sourceRelation(engine, unit.group, unit.source, places);
    const keyed = keyedLeft(engine, unit, left, column, found);
    reports.push(await joinUnit(engine, unit, relation, keyed, windows, signal));
    for (const { ids, column: own } of unit.reads) {
      for (const id of ids) found.set(id, { table: unit.name, column: own });
    }
    progress.update(i + 1);
  }
  const columnOf = new Map([...found].map(([id, { column: own }]) => [id, own]));
  return { tables: units.map(({ name }) => name), columnOf, reports };
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

async function joinUnit(
  engine: Engine,
  unit: JoinUnit,
  relation: SourceRelation,
  left: string,
  windows: WindowJoin = "sweep",
  signal?: AbortSignal,
): Promise<JoinReport> {
  const group = `${unit.group.entity}:${unit.group.name}`;
  const doing = `joining ${group}`;
  const keep = (sql: string): Promise<void> =>
    engine.run(`create or replace temp table ${unit.name} as ${sql}`, doing, signal);
  const keyed = keyedTable(unit);
  if (isKeyedFirst(unit)) await engine.run(`create or replace temp table ${keyed} as ${left}`, doing, signal);
  const rows = isKeyedFirst(unit) ? `select * from ${keyed}` : left;
  const foundKeys = hasComputedKey(unit) ? await countFoundKeys(engine, unit, relation, doing, signal) : undefined;
  const report = async (join: JoinReport["join"], reason: string): Promise<JoinReport> => {
    const warnings = await joinWarnings(engine, unit, relation, rows, signal);
    if (isKeyedFirst(unit)) await engine.run(`drop table ${keyed}`, doing);
    return {
      ...{ group, join, reason, inJavaScript: relation.inJavaScript },
      ...(foundKeys === undefined ? {} : { foundKeys }),
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  };
  if (unit.source.kind === "table") {
    await keep(joinTable(unit, relation, rows));
    return report("table", "no time");
  }
  if (unit.source.kind === "snapshot") {
    await keep(joinSnapshot(unit, relation, rows));
    return report("latest", relation.hasKnown ? "known declared" : "known when it happened");
  }
  const events = await visibleEvents(engine, unit, relation, keyed, doing, signal);
  if (windows === "sweep") {
    await joinWindowsBySweep(engine, unit, relation, keyed, events, signal);
    return report("sweep", "each event is looked at once");
  }
  await keep(joinWindowsByRange(engine, unit, { ...relation, sql: events }, rows));
  return report("range", "each row is paired with the events it sees");
}

async function countFoundKeys(
  engine: Engine,
  unit: JoinUnit,
  relation: SourceRelation,
  doing: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const [row] = await engine.rows(foundKeysSql(unit, relation), doing, signal);
  return Number(row?.["n"] ?? 0);
}

async function visibleEvents(
  engine: Engine,
  unit: JoinUnit,
  relation: SourceRelation,
  keyed: string,
  doing: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const [range] = await engine.rows(
    `select min(q)::varchar as first, max(q)::varchar as last from ${keyed}`,
    doing,
    signal,
  );
  // As BIGINT: DuckDB takes a small number for a narrower one, which a sum may run over.
  const moment = (name: "first" | "last"): string => `${String(range?.[name] ?? 0)}::bigint`;
  return visibleEventsSql(unit, relation, moment("first"), moment("last"));
}
