import type { Case } from "../harness/suite.ts";
import { stateOrder, statesOf, tiesBroken, windows } from "./by-hand.ts";
import { hundredMillion } from "./data.ts";
import { joined } from "./joined.ts";
import { fewRows } from "./sizes.ts";
import type { VectorName } from "./definitions.ts";
import type { WorldOptions } from "./world.ts";

function world(vector: VectorName): WorldOptions {
  return { vector, sources: [hundredMillion], rows: { ...hundredMillion.sizes, rows: fewRows } };
}

/** The events of the keys that rows have; the scan tests their keys against those before it reads what else there is. */
function ofKeys(events: string): string {
  return `(select * from ${events} where key in (select "key" from l))`;
}

/** Two thousand rows against a hundred million events: their snapshots, and their windows. */
export const fewRowsCases: readonly Case[] = [
  joined({
    name: "few-rows",
    against: "DuckDB range join by hand over the events of the rows' keys",
    world: world("latest"),
    byHand: ({ events: [events = ""] }) => ({ query: statesOfFew(events) }),
  }),
  joined({
    name: "few-rows-windows",
    against: "DuckDB range join by hand over the events of the rows' keys, in buckets",
    world: world("windows"),
    byHand: ({ events: [events = ""] }) => windows(ofKeys(events), 1),
  }),
];

/**
 * The candidates are kept, then joined by range. In processor time the least of five ways tried: it costs 0.9 of an ASOF join of the same
 * candidates, 0.9 of the largest row by all columns at once, 0.7 of reading the files twice, and 0.2 of the ASOF join of all events.
 */
function statesOfFew(events: string): string {
  return `with e as materialized (${statesOf(ofKeys(events))}),
      found as (
        select l.row, l."key" as key, max(e.vis) as vis from l left join e on l."key" = e.key and e.vis <= l.q group by l.row, l."key"),
      matched as materialized (
        select found.row, e.* from found left join e on found.key = e.key and found.vis = e.vis)
      ${tiesBroken(stateOrder)}`;
}
