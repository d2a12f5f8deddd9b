import { parseTypeName, TondoError, type ValueKind } from "../../../core/index.ts";
import {
  columnsOf,
  type ExpressionPlan,
  expressionSql,
  type FileTransportPlan,
  type SourcePlan,
  sourceExpressions,
} from "../../../dsl/index.ts";
import { type Engine, sqlText } from "../../duckdb/index.ts";
import type { NamedExpression } from "../expressions-sql.ts";
import type { FilePlaces } from "../files/file-places.ts";
import { filesOf, transportsAtRest } from "../files/source-files.ts";
import { tablesOf } from "../joins/join-steps.ts";
import type { JoinUnit } from "../joins/join-unit.ts";
import { openSource, type Sight } from "../sources/open-source.ts";
import type { SourceRelation } from "../sources/source-relation.ts";
import { sparkFiles, valuesView } from "./spark-files.ts";
import { type SparkScratch, unitFiles } from "./spark-scratch.ts";
import { versionsSql } from "./spark-versions.ts";

/** What the relation of a join's source in Spark is made from. */
export interface SparkRelationOptions {
  readonly engine: Engine;
  readonly unit: JoinUnit;
  /** The same in DuckDB, which has checked the files; its columns, ties and lag hold here too. */
  readonly relation: SourceRelation;
  readonly places: FilePlaces;
  readonly scratch: SparkScratch;
  /** The times of rows that may be seen. */
  readonly times: Pick<Sight, "from" | "to">;
  readonly signal?: AbortSignal | undefined;
}

/** A source's relation in Spark: columns as {@link SourceRelation} says, and what makes its views. */
export interface SparkRelation {
  readonly statements: readonly string[];
  readonly sql: string;
  /** The files behind it. */
  readonly files: readonly string[];
  /** What a pass over the rows in this process computes. */
  readonly inJavaScript: readonly string[];
}

/** What one place of a source gives: each row's columns by the names of the relation. */
interface PlaceRows {
  readonly statements: readonly string[];
  readonly sql: string;
  readonly inJavaScript: readonly string[];
}

/**
 * The relation of a join's source in Spark SQL. Spark itself reads Parquet whose columns it reads as DuckDB does, and computes the exact
 * subset. Other places (CSV, columns of other types or names, expressions beyond the subset, functions of the project's own) pass once
 * through DuckDB and the generated JavaScript, cut down to the keys and times that are asked about, and Spark goes on with what they wrote.
 */
export async function sparkRelation(options: SparkRelationOptions): Promise<SparkRelation> {
  const { unit, relation, places, times } = options;
  const { group, source } = unit;
  const what = `source "${source.name}"`;
  const atRest = transportsAtRest(source);
  const parts: PlaceRows[] = [];
  const files: string[] = [];
  for (const [i, transport] of atRest.entries()) {
    const found = await filesOf(transport, places, what);
    files.push(...found);
    parts.push(await placeRows(options, transport, found, i));
  }
  const columns = columnsOfRows(unit).map(({ name }) => name);
  const conditions = [...relation.keys, ...(source.at === undefined ? [] : ["t", "k"])].map(
    (name) => `${name} is not null`,
  );
  // Versions of one event are of one time, so that those of others are not needed.
  if (times.from !== undefined) conditions.push(`t >= ${String(times.from)}L`);
  if (times.to !== undefined) conditions.push(`t <= ${String(times.to)}L`);
  const all = parts.map(({ sql }) => `select ${columns.join(", ")} from (${sql})`).join(" union all ");
  const counted = `${unit.name}_counted`;
  const rows = `create or replace temporary view ${counted} as select * from (${all}) where ${conditions.join(" and ")}`;
  return {
    statements: [...parts.flatMap(({ statements }) => statements), rows],
    sql: relation.hasVersions ? versionsSql(counted, relation, group, source) : `select * from ${counted}`,
    files,
    inJavaScript: [...new Set(parts.flatMap(({ inJavaScript }) => inJavaScript))],
  };
}

/** The columns that each place gives, with their kinds. */
function columnsOfRows({ group, source }: JoinUnit): readonly { readonly name: string; readonly kind: ValueKind }[] {
  const own = [...sourceExpressions(group, source)].map(({ name, value }) => ({
    name,
    kind: parseTypeName(value.type).kind,
  }));
  return source.at === undefined ? own : [...own, { name: "k", kind: "timestamp" }];
}

async function placeRows(
  options: SparkRelationOptions,
  transport: FileTransportPlan,
  files: readonly string[],
  place: number,
): Promise<PlaceRows> {
  const { engine, unit, scratch } = options;
  const { group, source } = unit;
  const expressions: readonly NamedExpression[] = [
    ...sourceExpressions(group, source),
    ...(transport.known === undefined ? [] : [{ name: "k", value: transport.known }]),
  ];
  const kinds = kindsOf(source, expressions);
  const names = new Map(Object.keys(source.columns).map((name, i) => [name, `col${String(i)}`]));
  const column = (name: string): string => {
    const own = names.get(name);
    if (own === undefined) throw new TondoError("INTERNAL", `source "${source.name}" has no column "${name}"`);
    return own;
  };
  const leaf = (plan: ExpressionPlan): string => {
    if (plan.node !== "column")
      throw new TondoError("INTERNAL", `a "${plan.node}" in a row of source "${source.name}"`);
    return column(plan.name);
  };
  const exact = expressions.flatMap(({ name, value }) => {
    const sql = expressionSql(value, leaf, "spark");
    return sql === undefined ? [] : [{ name, sql }];
  });
  const view = `${unit.name}_place${String(place)}`;
  const direct =
    transport.format === "parquet" && transport.pushed === undefined && exact.length === expressions.length
      ? await sparkFiles(engine, scratch, view, files, kinds, column, `source "${source.name}"`)
      : undefined;
  if (direct === undefined) return passedRows(options, transport, view, unitFiles(unit.name).place(place));
  const own = exact.map(({ name, sql }) => (name === "gone" ? `coalesce(${sql}, false) as gone` : `${sql} as ${name}`));
  const inner = `select ${own.join(", ")} from (${direct.sql})`;
  const isAssumed = source.at !== undefined && transport.known === undefined;
  return {
    statements: direct.statements,
    sql: isAssumed ? `select *, ${assumedKnown(transport)} as k from (${inner})` : inner,
    inJavaScript: [],
  };
}

/** When rows of a place that does not say so were known. */
function assumedKnown({ lag }: FileTransportPlan): string {
  return lag === undefined ? "t" : `t + ${String(lag)}`;
}

/** Has DuckDB and the generated JavaScript read a place, cut down to what is asked about, and write what Spark goes on with. */
async function passedRows(
  { engine, unit, relation, places, scratch, times, signal }: SparkRelationOptions,
  transport: FileTransportPlan,
  view: string,
  file: string,
): Promise<PlaceRows> {
  const { group, source } = unit;
  const { keys } = tablesOf(unit);
  const place = await openSource(engine, group, { ...source, transports: [transport] }, places);
  const { rows, inJavaScript } = await place.seen({ ...times, keys });
  const columns = columnsOfRows(unit);
  await engine.run(
    `copy (select ${columns.map(({ name }) => name).join(", ")} from (${rows}) semi join ${keys} using (${relation.keys.join(", ")}))
     to ${sqlText(scratch.path(file))} (format parquet, compression zstd)`,
    `passing on source "${source.name}"`,
    signal,
  );
  return {
    statements: [valuesView(view, columns, scratch.literal(file))],
    sql: `select * from ${view}`,
    inJavaScript,
  };
}

function kindsOf(source: SourcePlan, expressions: readonly NamedExpression[]): Readonly<Record<string, ValueKind>> {
  const needed = new Set(columnsOf(...expressions.map(({ value }) => value)));
  return Object.fromEntries(
    Object.entries(source.columns)
      .filter(([name]) => needed.has(name))
      .map(([name, type]) => [name, parseTypeName(type).kind]),
  );
}
