import type { JoinUnit } from "./join-unit.ts";
import type { SeenRelation } from "../sources/open-source.ts";
import { orderStruct, type SourceRelation } from "../sources/source-relation.ts";

/** The column of the relation that holds a stored value. */
function columnOf(unit: JoinUnit, relation: SourceRelation, stored: number): string {
  const plan = unit.group.stored[stored];
  if (plan?.kind !== "column") throw new Error(`${unit.name} reads a window from a ${unit.source.kind}`);
  return relation.reads[unit.group.reads.indexOf(plan.column)] ?? "";
}

function packed(columns: readonly string[]): string {
  return `struct_pack(${columns.map((column) => `${column} := ${column}`).join(", ")})`;
}

/** SQL of the columns of a unit's reads, from the winner's: missing where it is too old or a deletion. */
function standing(unit: JoinUnit, relation: SourceRelation, time: string, winner = ""): readonly string[] {
  const { ttl } = unit.group;
  const stands = [
    ...(ttl === undefined ? [] : [`q - ${time} <= ${String(ttl)}`]),
    ...(relation.hasDeletions ? [`not ${winner}gone`] : []),
  ];
  return unit.reads.map(({ stored, column }) => {
    const value = `${winner}${columnOf(unit, relation, stored)}`;
    return `${stands.length === 0 ? value : `case when ${stands.join(" and ")} then ${value} end`} as ${column}`;
  });
}

/** What stands for a key where rows are sorted: its number in a table of the keys of the left rows, or itself where all of those fit into 32 bits. */
export type ShortKeys = { readonly as: "numbers"; readonly table: string } | { readonly as: "int" };

/**
 * SQL of the moment of the state that each left row sees: `newest`, the largest `t` of its key that had happened and was known, or nothing.
 * `left` has `row`, `q` and `key0`, ...; so has this, but for `q` where nothing gets too old. Only keys and times are read.
 *
 * Where rows may be known later than they happened, one becomes visible at `vis = greatest(t, k)`. One whose `t` lies below the largest `t` that is
 * visible with it can never win; of those that stay, `t` rises with `vis`, so that the last by `vis` is the one with the largest `(t, k)`, and
 * those of one `vis` are of one `t`. That `vis` is `seen` then.
 *
 * Sorted is by what is shorter than any key: that saves a sixth with whole numbers as keys, and more than half with texts.
 */
export function snapshotMoments(unit: JoinUnit, relation: SourceRelation, left: string, short: ShortKeys): string {
  const kept = ["row", ...(unit.group.ttl === undefined ? [] : ["q"]), ...relation.keys]
    .map((name) => `a.${name}`)
    .join(", ");
  const [key = ""] = relation.keys;
  const keys = relation.keys.join(", ");
  const numbers = short.as === "numbers" ? `(select number::int as number, ${keys} from ${short.table})` : "";
  const own =
    short.as === "int"
      ? `select *, ${key}::int as number from (${left})`
      : `select * from (${left}) left join ${numbers} using (${keys})`;
  const of = (columns: string): string =>
    short.as === "int"
      ? `select try_cast(${key} as int) as number, ${columns} from (${relation.unchecked})`
      : `select number, ${columns} from (select ${keys}, t, k from (${relation.unchecked})) join ${numbers} using (${keys})`;
  if (!relation.hasKnown) {
    return `select ${kept}, b.t as newest from (${own}) a
      asof left join (${of("t")}) b on a.number = b.number and a.q >= b.t`;
  }
  return `select ${kept}, b.t as newest, b.vis as seen from (${own}) a
      asof left join (
        select number, t, vis from (
          select *, max(t) over (partition by number order by vis range unbounded preceding) as newest
          from (${of("t, case when k is not null then greatest(t, k) end as vis")}))
        where t = newest) b on a.number = b.number and a.q >= b.vis`;
}

/**
 * SQL of a snapshot's values as of each left row: contract 3. `moments` is a table of {@link snapshotMoments}.
 *
 * Of the rows of that moment that were known the largest by the rest of the order stands. Ties are broken among the few that have several,
 * which costs a third of breaking them among all.
 */
export function joinSnapshot(
  unit: JoinUnit,
  relation: SourceRelation & Pick<SeenRelation, "late">,
  moments: string,
): string {
  const { hasKnown, hasDeletions, keys, reads, late } = relation;
  const equal = [
    ...keys.map((key) => `m.${key} = c.${key}`),
    "m.newest = c.t",
    // The second leaves out rows of which nobody knows when they were known.
    ...(hasKnown ? ["m.seen = greatest(c.t, c.k)", "m.seen >= c.k"] : []),
  ].join(" and ");
  const row = ["row", ...(unit.group.ttl === undefined ? [] : ["q", "newest"])];
  const found = [...(hasDeletions ? ["gone"] : []), ...reads];
  const ties = relation.ties.filter((part) => hasKnown || part !== "k");
  const declared = relation.isApplied ? ["declared"] : [];
  const matched = [
    ...row.map((name) => `m.${name}`),
    ...[...found, ...(hasKnown ? ["k"] : []), ...declared].map((name) => `c.${name}`),
  ];
  const joined = `select ${matched.join(", ")} from ${moments} m left join (${late?.sql ?? relation.unchecked}) c on ${equal}`;
  const values = [...(late?.values ?? [])].map(([name, value]) => `${value} as ${name}`);
  return `with matched as materialized (
      ${values.length === 0 ? joined : `select * replace (${values.join(", ")}) from (${joined})`}),
    tied as materialized (select row from matched group by row having count(*) > 1),
    winners as (
      select ${[...row, ...found].join(", ")} from matched anti join tied using (row)
      union all
      select ${[...row, ...found.map((name) => `best.${name}`)].join(", ")} from (
        select ${row.join(", ")}, arg_max(${packed(found)}, ${orderStruct(ties)}) as best
        from matched semi join tied using (row) group by ${row.join(", ")}))
    select row, ${standing(unit, relation, "newest").join(", ")} from winners`;
}

/**
 * As {@link joinSnapshot}, by pairing each left row with the states of its key that it may know. For few rows: the states pass by them
 * and are not kept.
 */
export function joinSnapshotByRange(unit: JoinUnit, relation: SourceRelation, left: string): string {
  const { ttl } = unit.group;
  const { keys, reads, hasDeletions, hasKnown, order } = relation;
  const found = [...(ttl === undefined ? [] : ["t"]), ...(hasDeletions ? ["gone"] : []), ...reads];
  const declared = relation.isApplied ? ["declared"] : [];
  const columns = ["t", "k", ...declared, ...(hasDeletions ? ["gone"] : []), ...reads].map((column) => `b.${column}`);
  const known = hasKnown ? " and b.k <= a.q" : "";
  return `with paired as (
      select row, arg_max(${packed(found)}, ${order}) as best from (
        select a.row, ${columns.join(", ")} from (${left}) a join (${relation.unchecked}) b
          on ${keys.map((key) => `a.${key} = b.${key}`).join(" and ")} and b.t <= a.q${known})
      group by row)
    select row, ${standing(unit, relation, "best.t", "best.").join(", ")} from (${left}) l left join paired using (row)`;
}

/** SQL of a table's values: of several rows of a key the larger by the columns read. */
export function joinTable(unit: JoinUnit, relation: SourceRelation, left: string): string {
  const keys = relation.keys.join(", ");
  const best = unit.reads.map(({ stored, column }) => `b.best.${columnOf(unit, relation, stored)} as ${column}`);
  return `select a.row, ${best.join(", ")}
    from (${left}) a
    left join (select ${keys}, arg_max(${packed(relation.reads)}, ${relation.order}) as best from (${relation.sql}) group by ${keys}) b
      on ${relation.keys.map((key) => `a.${key} = b.${key}`).join(" and ")}`;
}
