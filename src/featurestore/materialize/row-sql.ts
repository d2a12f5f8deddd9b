import { TondoError } from "../../core/index.ts";
import { toCarrier } from "../duckdb/index.ts";
import type { RowLayout } from "../online/group-layout.ts";
import { type GroupLoad, knownAt } from "./group-load.ts";

/** What is selected of rows beside their keys and stored columns: what all have alike is not, since a column costs the same whatever it says. */
export interface RowColumns {
  /** `t` and `k`: tables are of no time. */
  readonly hasTimes: boolean;
  /** How many rows competed: one where each key is there once. */
  readonly hasCounts: boolean;
  /** Whether the row that won is a deletion: none is where the source has none. */
  readonly hasDeletions: boolean;
}

/**
 * SQL of the versions of each key, the newest first. Columns: the key as carried; `t`, `k`, how many rows competed and whether
 * the row that won is a deletion, those that there are; and the stored columns as carried.
 *
 * The row that stands is the largest as a struct of what orders rows: by time, then when it was known, then
 * whether it is a deletion, then by the columns read, of which a missing one comes first. Its columns come out of that struct.
 */
export function rowsSql(load: GroupLoad, layout: RowLayout, isTable: boolean): string {
  const { relation, asOf } = load;
  const keys = relation.keys.join(", ");
  const times = isTable ? [] : ["t", "k", ...(relation.isApplied ? ["declared"] : [])];
  const tie = relation.reads.flatMap((read) => [`has_${read} := ${read} is not null`, `${read} := ${read}`]);
  const gone = relation.hasDeletions ? ["gone := gone"] : [];
  const order = `struct_pack(${[...times.map((time) => `${time} := ${time}`), ...gone, ...tie].join(", ")})`;
  const by = isTable ? keys : `${keys}, later`;
  const later = isTable ? "" : `, case when t > ${String(asOf)} then t end as later`;
  const best = `select ${keys}${later}, max(${order}) as best, count(*) as n from ${seen(load, isTable)} group by ${by}`;
  const selected = [
    ...keysOf(load, layout),
    ...(isTable ? [] : ["best.t::double", "best.k::double"]),
    "n::double",
    ...(relation.hasDeletions ? ["best.gone::int::double"] : []),
    ...columnsOf(load, layout, "best."),
  ];
  // A deletion is kept, too: a row that is pushed later may have happened before it.
  return `select ${selected.join(", ")} from (${best}) order by ${keys}${isTable ? "" : ", later desc nulls last"}`;
}

/** SQL of the same columns but for the count where each row has a key of its own: nothing competes. Sorted by key, unless the rows come so. */
export function onlyRowsSql(load: GroupLoad, layout: RowLayout, isTable: boolean, isSorted: boolean): string {
  const { relation } = load;
  const selected = [
    ...keysOf(load, layout),
    ...(isTable ? [] : ["t::double", "k::double"]),
    ...(relation.hasDeletions ? ["gone::int::double"] : []),
    ...columnsOf(load, layout, ""),
  ];
  const order = isSorted ? "" : ` order by ${relation.keys.join(", ")}`;
  return `select ${selected.join(", ")} from ${seen(load, isTable)}${order}`;
}

/** SQL that gives a row where the rows do not come sorted by keys of which each is there once. */
export function unsortedSql(load: GroupLoad, isTable: boolean): string {
  const { keys } = load.relation;
  const key = keys.length === 1 ? keys.join() : `row(${keys.join(", ")})`;
  return `select 1 from (select ${key} <= lag(${key}) over () as misplaced from ${seen(load, isTable)}) where misplaced limit 1`;
}

/** SQL that gives a row where a key is there twice. */
export function twiceSql(load: GroupLoad, isTable: boolean): string {
  const keys = load.relation.keys.join(", ");
  return `select 1 from (select count(*) as n from ${seen(load, isTable)} group by ${keys}) where n > 1 limit 1`;
}

/** What a load sees of the rows. */
function seen(load: GroupLoad, isTable: boolean): string {
  return `(select * from (${load.relation.sql})${isTable ? "" : ` where ${knownAt(load)}`})`;
}

function keysOf({ relation }: GroupLoad, { key }: RowLayout): readonly string[] {
  return relation.keys.map((name, i) => toCarrier(name, key[i] ?? "string"));
}

/** The stored columns, in the order of the layout. */
function columnsOf({ relation, group, doing }: GroupLoad, layout: RowLayout, of: "" | "best."): readonly string[] {
  return layout.columns.map(({ name, kind }) => {
    const stored = group.stored.find((one) => one.name === name);
    const read = stored?.kind === "column" ? relation.reads[group.reads.indexOf(stored.column)] : undefined;
    if (read === undefined) throw new TondoError("INTERNAL", `${doing}: no column for "${name}"`);
    return toCarrier(`${of}${read}`, kind);
  });
}
