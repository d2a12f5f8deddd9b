import type { Micros, ValueKind } from "../../core/index.ts";
import type { SourcePlan } from "../../dsl/index.ts";
import { toCarrier } from "../duckdb/index.ts";
import { orderStruct, type SourceRelation, tie } from "../offline/sources/source-relation.ts";

/** A column of the source that is kept of each row. */
export interface KeptColumn {
  readonly name: string;
  readonly kind: ValueKind;
}

/** Which rows are kept, and what of them. */
export interface Kept {
  readonly key: readonly ValueKind[];
  /** As `c0`, `c1`, ... of the relation. */
  readonly columns: readonly KeptColumn[];
  /** From when on they happened. */
  readonly from: Micros;
  /** By when they were known. */
  readonly asOf: Micros;
}

/**
 * SQL of all versions of recent events, each once, by key and in the order in which they count: of one moment the one that stands is the last. Columns: the key as carried; `t` and `k` as
 * doubles; the kept columns as carried. Rows without an `id` are events of their own; of those deletions are left out.
 */
export function recentSql(
  { rows, keys, reads, isApplied }: SourceRelation,
  { id = [], deleted }: SourcePlan,
  { key, columns, from, asOf }: Kept,
): string {
  const ids = id.map((_, i) => `id${String(i)}`);
  const gone = deleted === undefined ? [] : ["gone"];
  const version = [...keys, ...ids, "t", ...gone, ...reads].join(", ");
  const known = isApplied ? ["k", "declared"] : ["k"];
  const first = orderStruct(known);
  const kept = `struct_pack(${columns.map((_, i) => `c${String(i)} := c${String(i)}`).join(", ")})`;
  const ties = tie([...gone, ...reads]);
  const selected = [
    ...keys.map((name, i) => toCarrier(name, key[i] ?? "string")),
    "t::double",
    "first.o0::double",
    ...columns.map(({ kind }, i) => toCarrier(`kept.c${String(i)}`, kind)),
  ];
  return `with counted as materialized (select * from (${rows}) where t >= ${String(from)} and k <= ${String(asOf)}),
    versions as (
      select ${version}, min(${first}) as first, any_value(${kept}) as kept from counted
      where ${ids.map((name) => `${name} is not null`).join(" and ")} group by ${version}
      union all
      select ${version}, ${first} as first, ${kept} as kept from counted
      where (${ids.map((name) => `${name} is null`).join(" or ")}) and ${deleted === undefined ? "true" : "not gone"})
    select ${selected.join(", ")} from versions order by ${[...keys, "first", ...ties].join(", ")}`;
}
