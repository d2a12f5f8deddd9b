import { cassandraTable, costTable, keyTable, lmdbTable, loadsTable, orderTable } from "./arithmetic.ts";
import { hotKeys, nodeLoss, oneRun, orderScenario, storms, workerLoss } from "./scenarios.ts";
import type { Table } from "./table.ts";

/** The seed of the tables that `docs/scaling.md` shows. */
export const pageSeed = 1;

/** All tables of the page, in its order. */
export function tables(seed: number): readonly Table[] {
  return [
    ...[costTable(), keyTable(), orderTable(), loadsTable(), cassandraTable(), lmdbTable()],
    ...[oneRun(seed), orderScenario(seed), hotKeys(seed), workerLoss(seed), nodeLoss(seed), storms(seed)],
  ];
}
