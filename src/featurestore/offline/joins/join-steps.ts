import { windowsOf } from "./window-states.ts";
import type { JoinUnit } from "./join-unit.ts";
import type { SourceRelation } from "../sources/source-relation.ts";

/** The table of the left rows with a join's key; see {@link isKeyedFirst}. */
export function keyedTable({ name }: JoinUnit): string {
  return `${name}_keyed`;
}

/** Whether a part of a join's key is no column of the left rows as it is. */
export function hasComputedKey({ key }: JoinUnit): boolean {
  return key.some(({ node }) => node !== "column");
}

/** Whether the left rows with their keys become a table before the join: where more than one step reads them. */
export function isKeyedFirst(unit: JoinUnit): boolean {
  return unit.source.kind === "events" || hasComputedKey(unit);
}

/** How far from its moment a row sees events, microseconds. */
export function reachOf(unit: JoinUnit): number {
  return Math.max(...windowsOf(unit).map(({ plan }) => plan.over + plan.hop));
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
export function foundKeysSql(unit: JoinUnit, { sql, keys }: SourceRelation): string {
  const own = keys.join(", ");
  return `select count(*)::double as n from ${keyedTable(unit)} semi join (select ${own} from (${sql})) using (${own})`;
}
