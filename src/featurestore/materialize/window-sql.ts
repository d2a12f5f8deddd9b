import { floorTo as floorMoment, type Micros, TondoError } from "../../core/index.ts";
import { aggregates } from "../../dsl/index.ts";
import { toCarrier } from "../duckdb/index.ts";
import { floorTo } from "../offline/files/floor-sql.ts";
import { inputOf, type SourceRelation, whereOf } from "../offline/sources/source-relation.ts";
import {
  inputKind,
  type PlannedLayout,
  type StateSource,
  tileShape,
  type WindowLayout,
} from "../online/group-layout.ts";
import { type GroupLoad, knownAt } from "./group-load.ts";

/** The table of the events that a load of windows needs. */
export const eventsTable = "tondo_load";

/** Where the tiles of each hop begin: what no window at the load's moment needs is not loaded. */
export function oldestTiles(layout: WindowLayout, asOf: number): readonly number[] {
  return layout.hops.map(({ hop, reach }) => floorMoment(asOf - reach, hop));
}

/** The first moment of which a load needs events. */
export function oldestEvents(layout: WindowLayout, asOf: Micros): Micros {
  return Math.min(...oldestTiles(layout, asOf));
}

/** SQL that makes the table of events; those dated at the load's moment or later count from behind their time on. */
export function eventsSql(load: GroupLoad, layout: WindowLayout): string {
  return `create or replace temp table ${eventsTable} as select * from (${load.relation.sql})
    where t >= ${String(oldestEvents(layout, load.asOf))} and ${knownAt(load)}`;
}

/**
 * SQL of all tiles, sorted by key, hop and start. Columns: the key as carried; hop (its index), start and how many events,
 * as doubles; `numbers` doubles, of which a hop uses the first; then the values of each hop, missing in rows of others.
 */
export function tilesSql(load: GroupLoad, { layout, states }: PlannedLayout<WindowLayout>, numbers: number): string {
  const { relation } = load;
  const keys = relation.keys.join(", ");
  const oldest = oldestTiles(layout, load.asOf);
  const shapes = layout.hops.map(tileShape);
  const parts = layout.hops.map(({ hop }, h) => {
    const sql = statesSql(relation, states[h] ?? []);
    const padded = Array.from({ length: numbers }, (_, i) => `${sql.numbers[i] ?? "'nan'::double"} as n${String(i)}`);
    const values = shapes.flatMap((shape, other) =>
      shape.values.map((kind, i) => {
        const nothing = kind === "string" ? "null::varchar" : "null::bigint";
        return `${(other === h ? sql.values[i] : undefined) ?? nothing} as v${String(other)}_${String(i)}`;
      }),
    );
    // What is dated later has a tile of its own, which begins when it happened: a request takes in tiles that began before it.
    const start = `case when t < ${String(load.asOf)} then ${floorTo("t", hop)} else t end`;
    const tiles = `select ${keys}, ${start} as start, count(*) as events, ${sql.update.join(", ")}
      from ${eventsTable} where t >= ${String(oldest[h] ?? 0)} group by ${keys}, start`;
    return `select ${[keys, `${String(h)} as hop`, "start", "events", ...padded, ...values].join(", ")} from (${tiles})`;
  });
  const columns = [
    ...relation.keys.map((key, i) => toCarrier(key, layout.key[i] ?? "string")),
    ...["hop::double", "start::double", "events::double"],
    ...Array.from({ length: numbers }, (_, i) => `n${String(i)}`),
    ...shapes.flatMap((shape, h) => shape.values.map((_, i) => `v${String(h)}_${String(i)}`)),
  ];
  return `select ${columns.join(", ")} from (${parts.join(" union all ")}) order by ${keys}, hop, start`;
}

/** SQL that makes states from events, and from those the numbers and values that a tile holds. */
function statesSql(
  relation: SourceRelation,
  states: readonly StateSource[],
): { readonly update: readonly string[]; readonly numbers: readonly string[]; readonly values: readonly string[] } {
  const update: string[] = [];
  const numbers: string[] = [];
  const values: string[] = [];
  for (const [s, { plan, index }] of states.entries()) {
    const sql = aggregates.get(plan.aggregate)?.sql(inputKind(plan), plan.options ?? {});
    if (sql === undefined) throw new TondoError("INTERNAL", `no aggregate "${plan.aggregate}"`);
    const column = (suffix: string): string => `s${String(s)}_${suffix}`;
    for (const { suffix, update: make } of sql.columns) {
      update.push(`${make(inputOf(plan, index), relation.order, whereOf(plan, index))} as ${column(suffix)}`);
    }
    const encoded = sql.encode(column);
    numbers.push(...encoded.numbers);
    values.push(...encoded.values);
  }
  return { update, numbers, values };
}
