import type { JoinUnit } from "./join-unit.ts";
import type { SourceRelation } from "./source-relation.ts";

/** The columns of the rows that win, as one struct, and how a read takes its value out of it. */
function valuesStruct(
  unit: JoinUnit,
  relation: SourceRelation,
): { readonly pack: string; readonly value: (stored: number) => string } {
  const column = (stored: number): string => {
    const plan = unit.group.stored[stored];
    if (plan?.kind !== "column") throw new Error(`${unit.name} reads a window from a ${unit.source.kind}`);
    return relation.reads[unit.group.reads.indexOf(plan.column)] ?? "";
  };
  const names = [...new Set(unit.reads.map(({ stored }) => column(stored)))];
  const packed = [...(unit.source.at === undefined ? [] : ["t"]), ...(relation.hasDeletions ? ["gone"] : []), ...names];
  return {
    pack: `struct_pack(${packed.map((name) => `${name} := ${name}`).join(", ")})`,
    // Where the row that wins is a deletion, there is nothing.
    value: (stored) =>
      relation.hasDeletions
        ? `(case when not b.best.gone then b.best.${column(stored)} end)`
        : `b.best.${column(stored)}`,
  };
}

/**
 * SQL of a snapshot's values as of each left row: contract 3. `left` has `row`, `q` and `key0`, ...
 *
 * A row becomes visible at `vis = greatest(t, k)`. One whose `t` lies below the largest `t` that is visible with it can
 * never win; of those that stay, `t` rises with `vis`, so that the last by `vis` is the one with the largest `(t, k, tie)`.
 *
 * The moment is found first, by the keys and moments alone; then ties are broken among the rows of the moments that were found,
 * and not among all: 2.5 times as fast as ASOF on rows without ties, made before or by a wider key.
 */
export function joinSnapshot(unit: JoinUnit, relation: SourceRelation, left: string): string {
  const keys = relation.keys.join(", ");
  const equal = (a: string, b: string): string => relation.keys.map((key) => `${a}.${key} = ${b}.${key}`).join(" and ");
  const { pack, value } = valuesStruct(unit, relation);
  const candidates = relation.hasKnown
    ? `select * from (
        select *, max(t) over (partition by ${keys} order by vis range unbounded preceding) as newest
        from (select *, greatest(t, k) as vis from (${relation.sql}))) where t = newest`
    : `select *, t as vis from (${relation.sql})`;
  const { ttl } = unit.group;
  const columns = unit.reads.map(({ stored, column }) =>
    ttl === undefined
      ? `${value(stored)} as ${column}`
      : `case when b.q - b.best.t <= ${String(ttl)} then ${value(stored)} end as ${column}`,
  );
  return `with candidates as materialized (${candidates}),
    moments as (
      select a.*, b.vis from (${left}) a
      asof left join (select ${keys}, vis from candidates) b on ${equal("a", "b")} and a.q >= b.vis),
    winners as (
      select m.row, m.q, arg_max(${pack}, ${relation.order}) as best
      from moments m left join candidates c on ${equal("m", "c")} and m.vis = c.vis group by m.row, m.q)
    select b.row, ${columns.join(", ")} from winners b`;
}

/** SQL of a table's values: of several rows of a key the larger by the columns read. */
export function joinTable(unit: JoinUnit, relation: SourceRelation, left: string): string {
  const keys = relation.keys.join(", ");
  const { pack, value } = valuesStruct(unit, relation);
  return `select a.row, ${unit.reads.map(({ stored, column }) => `${value(stored)} as ${column}`).join(", ")}
    from (${left}) a
    left join (select ${keys}, arg_max(${pack}, ${relation.order}) as best from (${relation.sql}) group by ${keys}) b
      on ${relation.keys.map((key) => `a.${key} = b.${key}`).join(" and ")}`;
}
