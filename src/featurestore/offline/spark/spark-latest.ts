import type { JoinUnit } from "../joins/join-unit.ts";
import type { SourceRelation } from "../sources/source-relation.ts";

/** What the rows of a source compete with: the columns that order them, then what they bring along. */
type Competing = Pick<SourceRelation, "keys" | "reads" | "hasDeletions">;

/**
 * Spark SQL of a snapshot's values as of each row that asks: contract 3, as `joinSnapshot` has it for DuckDB. `asked` is a view with `row`,
 * `q` and the keys, none of them missing.
 *
 * States and rows stand in one order by key and by the moment from which on a state is visible; the largest state so far, by `(t, k, tie)`,
 * is the one that a row sees. Deletions come last among those of one `k`.
 */
export function sparkSnapshot(unit: JoinUnit, relation: Competing, rows: string, asked: string): string {
  const keys = relation.keys.join(", ");
  const gone = relation.hasDeletions ? ["gone"] : [];
  const state = struct(["t", "k", ...gone], relation.reads);
  const { ttl } = unit.group;
  const stands = [...(ttl === undefined ? [] : [`q - best.t <= ${String(ttl)}`]), ...gone.map(() => "not best.gone")];
  const columns = unit.reads.map(({ stored, column }) => {
    const value = `best.${columnOf(unit, relation, stored)}`;
    return `${stands.length === 0 ? value : `case when ${stands.join(" and ")} then ${value} end`} as ${column}`;
  });
  return `select row, ${columns.join(", ")} from (
      select row, q, max(state) over (partition by ${keys} order by moment, asks rows between unbounded preceding and current row) as best
      from (
        select ${keys}, greatest(t, k) as moment, 0 as asks, cast(null as bigint) as row, cast(null as bigint) as q, ${state} as state from (${rows})
        union all
        select ${keys}, q as moment, 1 as asks, row, q, null as state from ${asked}))
    where row is not null`;
}

/** Spark SQL of a table's values: of several rows of a key the larger by the columns read. */
export function sparkTable(unit: JoinUnit, relation: Competing, rows: string, asked: string): string {
  const keys = relation.keys.join(", ");
  const best = unit.reads.map(({ stored, column }) => `best.${columnOf(unit, relation, stored)} as ${column}`);
  return `select row, ${best.join(", ")} from ${asked}
    left join (select ${keys}, max(${struct([], relation.reads)}) as best from (${rows}) group by ${keys}) using (${keys})`;
}

/** A struct of these columns, then of those that break ties: whether each is there before what it is. */
function struct(columns: readonly string[], ties: readonly string[]): string {
  const parts = [...columns, ...ties.flatMap((name) => [`has_${name}`, name])];
  const sql = (part: string): string => (part.startsWith("has_") ? `${part.slice(4)} is not null` : part);
  return `named_struct(${parts.map((part) => `'${part}', ${sql(part)}`).join(", ")})`;
}

/** The column of the relation that holds a stored value. */
function columnOf(unit: JoinUnit, { reads }: Competing, stored: number): string {
  const plan = unit.group.stored[stored];
  const column = plan?.kind === "column" ? reads[unit.group.reads.indexOf(plan.column)] : undefined;
  if (column === undefined) throw new Error(`${unit.name} reads a window from a ${unit.source.kind}`);
  return column;
}
