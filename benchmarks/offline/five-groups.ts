import type { Case } from "../harness/suite.ts";
import { stateOrder, statesOf, tiesBroken } from "./by-hand.ts";
import type { ByHand } from "./join-by-hand.ts";
import { joined } from "./joined.ts";
import { sizesOf } from "./sizes.ts";
import type { World, WorldOptions } from "./world.ts";

/** Five snapshots, a file of each. */
export const fiveWorld: WorldOptions = {
  vector: "five",
  sources: [0, 1, 2, 3, 4].map((set) => ({ sizes: sizesOf(), set })),
  memory: "2GB",
};

/** At a limit of memory that all five at once do not fit into. */
export const fiveGroups: Case = joined({
  name: "join-5-groups",
  against: "DuckDB ASOF by hand, one group after the other, then joined",
  world: fiveWorld,
  byHand: fiveByHand,
});

/**
 * One group after the other into a table, which are then joined. In processor time the least of eight ways tried: it costs 0.9 of keeping
 * a file's rows between finding the moments and fetching what is of them (it reads the file twice), as much as all
 * in one query, which takes twice the memory, 0.9 of tables in order joined by position, and 0.6 of a range join with the largest time, or of a window over rows and
 * events.
 */
function fiveByHand({ events }: World): ByHand {
  const tables = events.map((_, g) => `hand${String(g)}`);
  const values = tables.flatMap((table) => ["a", "b", "c", "d", "s"].map((name) => `${table}.${name}`));
  return {
    before: events.map((of, g) => `create or replace temp table ${tables[g] ?? ""} as ${readTwice(of)}`),
    query: `select l.row, ${values.join(", ")} from l ${tables.map((table) => `join ${table} using (row)`).join(" ")}`,
    tables,
  };
}

/** The moment of each row by keys and times alone, then the rows of that moment. */
function readTwice(events: string): string {
  return `with found as (
      select l.row, l."key" as key, e.vis from l
      asof left join (select key, epoch_us(t) as vis from ${events}) e on l."key" = e.key and l.q >= e.vis),
    matched as materialized (
      select found.row, e.* from found left join (${statesOf(events)}) e on found.key = e.key and found.vis = e.vis)
    ${tiesBroken(stateOrder)}`;
}
