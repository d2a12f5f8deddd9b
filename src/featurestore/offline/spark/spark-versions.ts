import { type GroupPlan, sourceExpressions, type SourcePlan } from "../../../dsl/index.ts";
import type { SourceRelation } from "../sources/source-relation.ts";

/** SQL of a struct of columns by their names. */
export function namedStruct(columns: readonly string[]): string {
  return `named_struct(${columns.map((column) => `'${column}', ${column}`).join(", ")})`;
}

/**
 * SQL of a struct by which the larger of two rows is found: of each column whether it is there, then its value. Spark orders structs part
 * by part, missing ones first; texts by their bytes, which is by code points.
 */
export function tieStruct(columns: readonly string[]): string {
  return `struct(${["0", ...columns.flatMap((name) => [`${name} is not null`, name])].join(", ")})`;
}

/** Versions of events by `id` in Spark SQL, as DuckDB's relation has them: see `versions` in `source-relation.ts`. */
export function versionsSql(
  counted: string,
  { keys, reads }: Pick<SourceRelation, "keys" | "reads">,
  group: GroupPlan,
  source: SourcePlan,
): string {
  const ids = (source.id ?? []).map((_, i) => `id${String(i)}`);
  const own = source.deleted === undefined ? reads : ["gone", ...reads];
  const derived = [...sourceExpressions(group, source)]
    .map(({ name }) => name)
    .filter((name) => /^[xw]\d+$/.test(name));
  const event = [...keys, ...ids, "t"].join(", ");
  const version = [event, ...own].join(", ");
  // Inputs and conditions are functions of the columns read, so any of the equal rows has them.
  const anyDerived = derived.map((name) => `, any_value(${name}) as ${name}`).join("");
  const distinct = `select ${version}, min(k) as k${anyDerived} from ${counted} where ${ids.map((id) => `${id} is not null`).join(" and ")} group by ${version}`;
  const kept = [...own, ...derived];
  const standing =
    own.length === 0
      ? distinct
      : `select ${event}, k, ${kept.map((name) => `best.${name} as ${name}`).join(", ")} from (
          select ${event}, k, max_by(${namedStruct(kept)}, ${tieStruct(own)}) as best from (${distinct}) group by ${event}, k)`;
  const stays = source.deleted === undefined ? "true" : "not gone";
  const listed = [...keys, "t", "k", ...reads, ...derived].join(", ");
  return `select ${listed}, until from (select *, lead(k) over (partition by ${event} order by k) as until from (${standing})) where ${stays}
    union all
    select ${listed}, cast(null as bigint) as until from ${counted} where (${ids.map((id) => `${id} is null`).join(" or ")}) and ${stays}`;
}
