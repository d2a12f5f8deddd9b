import { parseTypeName, TondoError, type ValueKind } from "../../../core/index.ts";
import {
  type ExpressionPlan,
  type FileTransportPlan,
  filesAtRest,
  lagOf,
  columnsOf,
  type GroupPlan,
  quoteIdentifier,
  sourceExpressions,
  type SourcePlan,
  type StoredWindowPlan,
} from "../../../dsl/index.ts";
import type { AppliedLog } from "../../applied/index.ts";
import type { ProgramHost } from "../../duckdb/index.ts";
import { type NamedExpression, selectExpressions } from "../expressions-sql.ts";
import { transportsAtRest } from "../files/source-files.ts";
import { appliedSql, mayWait, waitsSql } from "./applied-sql.ts";

/**
 * A group's source as SQL. Columns, all values of the language:
 * - `key0`, `key1`, ...: the entity's key, never missing
 * - `t`, `k`: when the row happened and could be known, BIGINT microseconds, never missing; a table has neither
 * - `declared`: where `k` is when a row was first applied only: the `k` that it declares itself
 * - `until`: events with `id` only: the `k` at which a later version replaced this one, or a deletion took it away, or NULL
 * - `gone`: snapshots with deletions only: whether the row is one. Of events, deletions are left out
 * - `r0`, `r1`, ...: the group's `reads`, in order
 * - `x0`, `x1`, ..., `w0`, `w1`, ...: input and `where` of the stored value of that index, where it has them
 *
 * Rows without a time, a `known` that was declared, or a part of the key count nowhere and are left out.
 */
export interface SourceRelation {
  readonly sql: string;
  /** SQL of the rows as they come, each with its keys and times: versions of events are not told apart yet, nor deletions left out. */
  readonly rows: string;
  /** SQL of the rows as they come, some without a key or time: for joins that find no such row, by keys and times. */
  readonly unchecked: string;
  readonly keys: readonly string[];
  readonly reads: readonly string[];
  /** Whether `k` may differ from `t`. */
  readonly hasKnown: boolean;
  readonly hasVersions: boolean;
  /** Whether rows have `gone`. */
  readonly hasDeletions: boolean;
  /** Whether rows have `declared`. */
  readonly isApplied: boolean;
  /** SQL of the rows that loads read and passed over since they happened earlier than was to be taken in; absent where there can be none. */
  readonly waiting?: string;
  /** How long after it happened a row may become known, microseconds: forward windows wait so long for the last ones. */
  readonly lag: number;
  /** A struct that orders competing rows: by t, k, what they declare, deletions last, then the columns read, missing first. */
  readonly order: string;
  /** The parts of that order behind the time: SQL that tells rows of one moment apart. */
  readonly ties: readonly string[];
  /** The columns that those parts are of, each missing before all values. */
  readonly tied: readonly TiedColumn[];
  /** What generated JavaScript computes in a pass over the rows, since SQL cannot do it to the bit. */
  readonly inJavaScript: readonly string[];
}

/** A column that tells rows of one moment apart. */
export interface TiedColumn {
  readonly column: string;
  readonly kind: ValueKind;
  /** The source's column that it is; absent where it is a moment or whether the row is a deletion. */
  readonly of?: string;
}

/** SQL of the rows of one place with some columns of these kinds, named by `column`. */
export type Scan = (
  transport: FileTransportPlan,
  kinds: Readonly<Record<string, ValueKind>>,
  column: (name: string) => string,
) => string | Promise<string>;

/** The kinds of a source's columns. Made from entries: assigned to, `__proto__` would be no column. */
export function kindsOf(source: SourcePlan): Readonly<Record<string, ValueKind>> {
  const pushed = filesAtRest(source).flatMap(({ pushed: column }) => (column === undefined ? [] : [column]));
  return Object.fromEntries([
    ...Object.entries(source.columns).map(([name, type]) => [name, parseTypeName(type).kind] as const),
    ...pushed.map((name) => [name, "timestamp"] as const),
  ]);
}

/** The columns that a group needs of a place. What only another place's `known` reads need not be here. */
export function neededColumns(group: GroupPlan, source: SourcePlan, place: FileTransportPlan): ReadonlySet<string> {
  const read = columnsOf(...[...sourceExpressions(group, source)].map(({ value }) => value), place.known);
  return new Set([...read, ...(place.pushed === undefined ? [] : [place.pushed])]);
}

/**
 * A group's source as SQL, of rows that are read in any way.
 *
 * @param applied with it rows are known when they were first applied online; the scan then gives `since`, as `sinceSql` has it
 * @param alone a table of keys: rows of all others are left out
 * @param beside columns of the source that `rows` has, too, as `c0`, `c1`, ...
 */
export async function relationOf(
  host: ProgramHost,
  group: GroupPlan,
  source: SourcePlan,
  scan: Scan,
  applied?: AppliedLog,
  alone?: string,
  beside: readonly string[] = [],
): Promise<SourceRelation> {
  const isApplied = applied !== undefined && source.at !== undefined;
  const kinds = kindsOf(source);
  // A source may have columns named like those made here: `t`, `k`, `key0`.
  const names = new Map(Object.keys(kinds).map((name, i) => [name, `col${String(i)}`]));
  const column = (name: string): string => names.get(name) ?? quoteIdentifier(name);
  const expressions = [...sourceExpressions(group, source)];
  const inJavaScript = new Set<string>();
  const parts: string[] = [];
  const waiting: string[] = [];
  const atRest = transportsAtRest(source);
  const asThey = beside.map((name, i): NamedExpression => {
    const type = source.columns[name];
    if (type === undefined) throw new TondoError("INTERNAL", `source "${source.name}" has no column "${name}"`);
    return { name: `c${String(i)}`, value: { node: "column", type, name } };
  });
  const selection = [...expressions, ...asThey].map(({ name }) =>
    name === "gone" ? "coalesce(gone, false) as gone" : name,
  );
  for (const transport of atRest) {
    const needed = neededColumns(group, source, transport);
    const read = Object.fromEntries(Object.entries(kinds).filter(([name]) => needed.has(name)));
    const rows = await scan(transport, read, column);
    const known: NamedExpression[] = transport.known === undefined ? [] : [{ name: "k", value: transport.known }];
    const selected = selectExpressions(host, rows, [...expressions, ...asThey, ...known], (plan) =>
      columnSql(plan, column),
    );
    selected.inJavaScript.forEach((name) => inJavaScript.add(name));
    const assumed = transport.lag === undefined ? "t" : `t + ${String(transport.lag)}`;
    const { pushed } = transport;
    // A row that was pushed need not say when it was known.
    const own = pushed === undefined ? "k" : "coalesce(k, t)";
    const k = transport.known === undefined ? assumed : own;
    // What was pushed counts from its own moment on, whichever load took it in; what came late from the load that took in what was pushed by then, in the order of the pushes.
    const at = pushed === undefined ? k : column(pushed);
    const isByLoads = pushed === undefined || transport.late === true;
    const times = isApplied
      ? [
          `${isByLoads ? appliedSql(applied, at, "t", "since") : at} as k`,
          `${transport.late === true ? at : k} as declared`,
        ]
      : source.at === undefined
        ? []
        : [k === "k" ? k : `${k} as k`];
    parts.push(`select ${[...selection, ...times].join(", ")} from (${selected.sql})`);
    if (isApplied && isByLoads && mayWait(applied))
      waiting.push(`select * from (${selected.sql}) where ${waitsSql(applied, at, "t", "since")}`);
  }
  const keys = group.key.map((_, i) => `key${String(i)}`);
  const reads = group.reads.map((_, i) => `r${String(i)}`);
  const needed = [...keys, ...(source.at === undefined ? [] : ["t", "k"])];
  const unchecked = parts.join(" union all ");
  const own = alone === undefined ? "" : ` semi join ${alone} using (${keys.join(", ")})`;
  const rows = `select * from (${unchecked})${own} where ${needed.map((name) => `${name} is not null`).join(" and ")}`;
  const hasVersions = source.id !== undefined;
  const hasDeletions = source.deleted !== undefined;
  const gone = hasDeletions ? ["gone"] : [];
  const declared = isApplied ? ["declared"] : [];
  const moments = [...(source.at === undefined ? [] : ["k"]), ...declared];
  const ties = [...moments, ...(hasVersions ? [] : gone), ...tie(reads)];
  const tied: readonly TiedColumn[] = [
    ...moments.map((name) => ({ column: name, kind: "timestamp" as const })),
    ...(hasVersions ? [] : gone).map((name) => ({ column: name, kind: "bool" as const })),
    ...group.reads.map((of, i) => ({ column: `r${String(i)}`, kind: kinds[of] ?? "string", of })),
  ];
  return {
    rows,
    unchecked,
    sql: hasVersions ? versions(rows, keys, [...gone, ...reads], source.id.length, expressions, isApplied) : rows,
    keys,
    reads,
    hasKnown: isApplied || atRest.some(({ known, lag }) => known !== undefined || lag !== undefined),
    hasVersions,
    hasDeletions: hasDeletions && !hasVersions,
    isApplied,
    ...(waiting.length === 0 ? {} : { waiting: waitingRows(waiting, keys) }),
    lag: lagOf(source),
    order: orderStruct([...(source.at === undefined ? [] : ["t"]), ...ties]),
    ties,
    tied,
    inJavaScript: [...inJavaScript],
  };
}

/** Those of the rows that wait which would count: with a time and a whole key. */
function waitingRows(parts: readonly string[], keys: readonly string[]): string {
  const needed = [...keys, "t"].map((name) => `${name} is not null`).join(" and ");
  return parts.map((part) => `select 1 from (${part}) where ${needed}`).join(" union all ");
}

/** A struct of these, in order; with names, since a table cannot hold one without. */
export function orderStruct(parts: readonly string[]): string {
  return parts.length === 0
    ? "row(0)"
    : `struct_pack(${parts.map((part, i) => `o${String(i)} := ${part}`).join(", ")})`;
}

/** The last tie-break: the columns read (of versions whether they are deletions before those), each missing before all values. Null inside a struct would be the largest. */
export function tie(reads: readonly string[]): readonly string[] {
  return reads.flatMap((name) => [`${name} is not null`, name]);
}

function columnSql(plan: ExpressionPlan, column: (name: string) => string): string {
  if (plan.node === "column") return column(plan.name);
  throw new TondoError("INTERNAL", `a source's expression reads ${plan.node}`);
}

/**
 * Versions of events by `id`: rows of one id, time and key are versions of one event; one that equals a known version in
 * the columns read is a repeat and keeps its first `k`; of several at one `k` the larger by the columns read stands. A row
 * without an id is an event of its own. Whether a row is a deletion is read like a column, the first of them; where a deletion
 * stands there is no event. Where rows were applied, of several at one `k` the one that declares the larger stands.
 */
function versions(
  rows: string,
  keys: readonly string[],
  reads: readonly string[],
  idParts: number,
  columns: readonly NamedExpression[],
  isApplied: boolean,
): string {
  const ids = Array.from({ length: idParts }, (_, i) => `id${String(i)}`);
  const event = [...keys, ...ids, "t"].join(", ");
  const version = [event, ...reads].join(", ");
  // Inputs and conditions are functions of the columns read, so any of the equal rows has them.
  const derived = columns.map(({ name }) => name).filter((name) => /^[xw]\d+$/.test(name));
  const anyDerived = derived.map((name) => `, any_value(${name}) as ${name}`).join("");
  const stays = reads.includes("gone") ? "not gone" : "true";
  const declared = isApplied ? ["declared"] : [];
  const listed = [...keys, "t", "k", ...declared, ...reads, ...derived].filter((name) => name !== "gone").join(", ");
  // Of versions known at one moment the larger stands. Not by \`row_number() = 1\`: DuckDB 1.5 turns that into a top-1 which, with
  // a missing value in the group, was seen to keep the wrong row.
  const kept = [...declared, ...reads, ...derived];
  const first = isApplied
    ? "min(struct_pack(k := k, declared := declared)).k as k, min(struct_pack(k := k, declared := declared)).declared as declared"
    : "min(k) as k";
  const standing =
    reads.length === 0
      ? "select * from distinct_versions"
      : `select ${event}, k, ${kept.map((name) => `best.${name} as ${name}`).join(", ")} from (
          select ${event}, k, arg_max(struct_pack(${kept.map((name) => `${name} := ${name}`).join(", ")}), row(${[...declared, ...tie(reads)].join(", ")})) as best
          from distinct_versions group by ${event}, k)`;
  const id = ids.join(", ");
  // Most ids come once: what is grouped and sorted to tell versions apart are the rows of those alone that come again. One of which a part is missing equals none.
  return `with counted as materialized (${rows}),
    repeated as materialized (select ${id} from counted group by ${id} having count(*) > 1),
    distinct_versions as (select ${version}, ${first}${anyDerived} from counted semi join repeated using (${id}) group by ${version}),
    standing as (${standing})
    select ${listed}, until from (select *, lead(k) over (partition by ${event} order by k) as until from standing) where ${stays}
    union all
    select ${listed}, null::bigint as until from counted anti join repeated using (${id}) where ${stays}`;
}

/** The SQL condition under which a row counts for a stored window, besides its time. */
export function whereOf(stored: StoredWindowPlan, index: number): string {
  return stored.where === undefined ? "true" : `w${String(index)}`;
}

/** The SQL of a stored window's input; `1` where it counts rows. */
export function inputOf(stored: StoredWindowPlan, index: number): string {
  return stored.input === undefined ? "1" : `x${String(index)}`;
}

/** The kind an aggregate's code and SQL are asked for. */
export function kindOfInput(stored: StoredWindowPlan): ValueKind | "rows" {
  return stored.input === undefined ? "rows" : parseTypeName(stored.input.type).kind;
}
