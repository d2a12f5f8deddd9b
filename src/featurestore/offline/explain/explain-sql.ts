import { posix } from "node:path";
import {
  duckdbColumn,
  type ExplainedProgram,
  explainProgram,
  expressionText,
  filesAtRest,
  outsideSubset,
  type Places,
  quoteIdentifier,
  readText,
  type SourcePlan,
  storedText,
  type TransportPlan,
  type VectorPlan,
  sourceExpressions,
} from "../../../dsl/index.ts";
import { type ProgramHost, sqlText } from "../../duckdb/index.ts";
import { tableFolder } from "../../extract/extracted-table.ts";
import { type FoundRead, keyedLeft } from "../joins/join.ts";
import { foundKeysSql, hasComputedKey, keysSql, tablesOf, visibleEventsSql } from "../joins/join-steps.ts";
import { joinSnapshot, joinTable, snapshotMoments } from "../joins/join-latest.ts";
import { type JoinUnit, joinUnits } from "../joins/join-unit.ts";
import { relationOf, type Scan } from "../sources/source-relation.ts";
import { sweepStatements } from "../joins/sweep/index.ts";
import { layoutSql } from "./layout-sql.ts";

/** How one group's values are joined to the rows of a training set. */
export interface ExplainedJoin {
  /** `entity:group`. */
  readonly group: string;
  readonly source: string;
  /** What is read of it: `@airport:departures:delay_3h[origin]`. */
  readonly reads: readonly { readonly text: string; readonly column: string; readonly definition: string }[];
  readonly join: "latest" | "table" | "windows";
  /** How the join goes about it. */
  readonly how: string;
  /** DuckDB's statements, in order. */
  readonly sql: readonly string[];
  /** What SQL cannot do to the bit. */
  readonly inJavaScript: readonly OutsideExpression[];
  /** The generated JavaScript of that. */
  readonly programs: readonly ExplainedProgram[];
}

/** An expression over a source's columns that a pass of generated JavaScript computes. */
export interface OutsideExpression {
  /** What it is of the source or group, such as `key` or `where of late_6h`. */
  readonly what: string;
  readonly text: string;
  readonly reason: string;
}

/** The name of the rows of a training set in the SQL that is shown. */
const leftRows = "rows";

/**
 * The SQL of what a vector reads, as a training set runs it, but for two things: a source's files stand as the path they are found by (those
 * that a table is extracted into, in the home of a project that says nothing else), the range of the rows' moments by its names. What of the
 * files no row can see is left out as they are read; that is not shown.
 */
export async function explainJoins(given: VectorPlan, places: Places): Promise<readonly ExplainedJoin[]> {
  const reads = { ...given, sources: given.sources.map(extracted) };
  const found = new Map<string, FoundRead>();
  const joins: ExplainedJoin[] = [];
  let functions = 0;
  const host: ProgramHost = { functions: "shown", register: () => `tondo_rows_${String(functions++)}` };
  for (const unit of joinUnits(reads)) {
    joins.push(await explainJoin(host, unit, reads, found, places));
    for (const { ids, column } of unit.reads) for (const id of ids) found.set(id, { table: unit.name, column });
  }
  return joins;
}

async function explainJoin(
  host: ProgramHost,
  unit: JoinUnit,
  vector: VectorPlan,
  found: ReadonlyMap<string, FoundRead>,
  places: Places,
): Promise<ExplainedJoin> {
  const { group, source } = unit;
  const atRest = filesAtRest(source).length > 0;
  const known = source.transports.flatMap((place) =>
    place.known === undefined ? [] : [{ what: "known", value: place.known }],
  );
  const outside = [...sourceExpressions(group, source), ...known].flatMap(({ what, value }) => {
    const own = outsideSubset(value);
    return own === undefined ? [] : [{ what, value, reason: own.reason }];
  });
  const read = (id: string): VectorPlan["reads"][number] | undefined =>
    [...vector.reads, ...vector.labelReads].find((one) => one.id === id);
  const join = source.kind === "events" ? "windows" : source.kind === "snapshot" ? "latest" : "table";
  return {
    group: `${group.entity}:${group.name}`,
    source: source.name,
    reads: unit.reads.map(({ ids, stored, column }) => {
      const asked = read(ids[0] ?? "");
      const plan = group.stored[stored];
      return {
        text: asked === undefined ? "" : readText(asked, read),
        column,
        definition: plan === undefined ? "" : storedText(plan),
      };
    }),
    join,
    how: atRest ? howOf(unit) : "its rows come by a topic only: there is nothing at rest to join",
    sql: atRest ? (await statementsOf(host, unit, found)).map(layoutSql) : [],
    inJavaScript: outside.map(({ what, value, reason }) => ({ what, text: expressionText(value), reason })),
    programs:
      outside.length === 0
        ? []
        : [
            explainProgram(
              `a pass over ${source.name}, before the join`,
              outside.map(({ what, value }) => ({ name: what, value })),
              { places, read: () => undefined, stored: () => undefined },
            ),
          ],
  };
}

function howOf({ source, group, direction, name }: JoinUnit): string {
  if (source.kind === "table") return "by key: a table has no time";
  if (source.kind === "snapshot") {
    const state = "as of each row: the newest state that had happened and was known";
    const ttl = group.ttl === undefined ? "" : ", unless it is older than the ttl";
    return `${state}${ttl}; few rows are paired with the states of their keys instead`;
  }
  const way = `${direction === "next" ? "as of each row, forward: for labels; " : "as of each row: "}events and rows in the order of time, each event taken into the windows once and given up once`;
  return `${way}; JavaScript makes ${tablesOf({ name }).swept} of the ordered rows`;
}

async function statementsOf(
  host: ProgramHost,
  unit: JoinUnit,
  before: ReadonlyMap<string, FoundRead>,
): Promise<readonly string[]> {
  const relation = await relationOf(host, unit.group, unit.source, scanByPath);
  const { keyed, keys, moments } = tablesOf(unit);
  const create = (table: string, sql: string): string => `create temp table ${table} as ${sql}`;
  const left = [
    create(keyed, keyedLeft(host, unit, leftRows, quoteIdentifier, before)),
    create(keys, keysSql(unit, keyed)),
    ...(hasComputedKey(unit) ? [foundKeysSql(unit, relation)] : []),
  ];
  const rows = `select * from ${keyed}`;
  const { name, source } = unit;
  if (source.kind === "table") return [...left, create(name, joinTable(unit, relation, rows))];
  if (source.kind === "snapshot")
    return [
      ...left,
      create(moments, snapshotMoments(unit, relation, rows, { as: "numbers", table: keys })),
      create(name, joinSnapshot(unit, relation, moments)),
    ];
  const events = visibleEventsSql(unit, relation, "first_q", "last_q");
  const { passage, result } = sweepStatements(unit, relation, { left: keyed, keys, events });
  return [...left, passage.sql, create(name, result)];
}

/** A source whose tables are the files that they are extracted into. */
function extracted(source: SourcePlan): SourcePlan {
  const transports = source.transports.map((place): TransportPlan => {
    if (place.format !== "postgres") return place;
    const { table, cursor: _cursor, lookback: _lookback, ...knowledge } = place;
    return {
      ...knowledge,
      format: "parquet",
      path: posix.join(".tondo", tableFolder(source.name, table), "*.parquet"),
    };
  });
  return { ...source, transports };
}

/** A source's files as the path that they are found by. */
const scanByPath: Scan = ({ format, path }, kinds, column) => {
  const columns = Object.entries(kinds).map(([name, kind]) => `${duckdbColumn(name, kind)} as ${column(name)}`);
  const read = `read_${format}(${sqlText(path)})`;
  return `select ${columns.length === 0 ? "1 as one" : columns.join(", ")} from ${read}`;
};
