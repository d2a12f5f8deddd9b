import type { Sight } from "../sources/open-source.ts";
import type { SourceRelation } from "../sources/source-relation.ts";
import type { JoinUnit } from "./join-unit.ts";
import { windowsOf } from "./window-states.ts";

/** The tables that a join makes on its way; its own name is the result's. */
export function tablesOf({
  name,
}: Pick<JoinUnit, "name">): Readonly<Record<"aside" | "keyed" | "keys" | "moments" | "states" | "swept", string>> {
  return {
    aside: `${name}_aside`,
    keyed: `${name}_keyed`,
    keys: `${name}_keys`,
    moments: `${name}_moments`,
    states: `${name}_states`,
    swept: `${name}_swept`,
  };
}

/** Whether a part of a join's key is no column of the left rows as it is. */
export function hasComputedKey({ key }: JoinUnit): boolean {
  return key.some(({ node }) => node !== "column");
}

/** The columns of a join's key. */
export function keyColumns({ group }: JoinUnit): readonly string[] {
  return group.key.map((_, i) => `key${String(i)}`);
}

/** SQL of the keys that left rows have, numbered. */
export function keysSql(unit: JoinUnit, keyed: string): string {
  const keys = keyColumns(unit);
  const known = keys.map((key) => `${key} is not null`).join(" and ");
  return `select row_number() over () as number, ${keys.join(", ")} from (select distinct ${keys.join(", ")} from ${keyed} where ${known})`;
}

/** How far from its moment a row sees events, microseconds. */
function reachOf(unit: JoinUnit): bigint {
  return BigInt(Math.max(...windowsOf(unit).map(({ plan }) => plan.over + plan.hop)));
}

/** The earliest and the latest moment of the left rows, microseconds; where there are none, any. */
export interface Moments {
  readonly first: bigint;
  readonly last: bigint;
}

/** The times of the source's rows that left rows of these moments can see. */
export function timesSeen(unit: JoinUnit, { first, last }: Moments): Pick<Sight, "from" | "to"> {
  const { group, source, direction } = unit;
  if (source.kind === "table") return {};
  if (source.kind === "snapshot")
    return group.ttl === undefined ? { to: last } : { from: first - BigInt(group.ttl), to: last };
  return direction === "back" ? { from: first - reachOf(unit), to: last } : { from: first, to: last + reachOf(unit) };
}

/** SQL of the events that some left row can see at all. `first` and `last` are SQL of the earliest and the latest of their moments. */
export function visibleEventsSql(unit: JoinUnit, relation: SourceRelation, first: string, last: string): string {
  const reach = String(reachOf(unit));
  const bounds = unit.direction === "back" ? `${first} - ${reach} and ${last}` : `${first} and ${last} + ${reach}`;
  return `select * from (${relation.sql}) where t between ${bounds}`;
}

/**
 * SQL of how many left rows came to a key that the source has: a computed one may have a form that no row has, a geohash of another length
 * say, and all would be missing without a word.
 */
export function foundKeysSql(unit: JoinUnit, { rows, keys }: SourceRelation): string {
  const own = keys.join(", ");
  return `select count(*)::double as n from ${tablesOf(unit).keyed} semi join (select ${own} from (${rows})) using (${own})`;
}
