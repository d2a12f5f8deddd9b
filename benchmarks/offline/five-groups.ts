import type { Case } from "../harness/suite.ts";
import { latest } from "./by-hand.ts";
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
 * One group after the other into a table, which are then joined. Finding a group's moments and states in one statement, keeping a file's rows
 * between the two, and a range join with the largest time were slower; tables in order joined by position were no faster.
 */
function fiveByHand({ events }: World): ByHand {
  const groups = events.map((of, g) => ({ table: `hand${String(g)}`, ...latest(of) }));
  const values = groups.flatMap(({ table }) => ["a", "b", "c", "d", "s"].map((name) => `${table}.${name}`));
  const tables = groups.map(({ table }, i) => (i === 0 ? table : `${table} using (row)`));
  return {
    before: groups.flatMap(({ table, before = [], query }) => [
      ...before,
      `create or replace temp table ${table} as ${query}`,
    ]),
    query: `select row, ${values.join(", ")} from ${tables.join(" join ")}`,
    tables: [...groups.map(({ table }) => table), "found"],
  };
}
