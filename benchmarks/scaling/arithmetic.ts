import { costs, type UnitCost } from "./costs.ts";
import {
  askingMachines,
  assumed,
  cassandraNodes,
  demand,
  eventsPerKey,
  exampleHops,
  exampleNumbers,
  flushEvents,
  lmdbMachines,
  loadStores,
  overlayRows,
  ownWorkers,
  readNodeMicros,
  recordBytes,
  storeEvents,
  stores,
  tileBytes,
  workerRate,
  workers,
} from "./model.ts";
import { shown, type Table } from "./table.ts";

/** What was measured. */
export function costTable(): Table {
  return {
    name: "costs",
    heads: ["what", "cost", "by `npm run -s bench --`"],
    rows: Object.values(costs).map(({ what, value, unit, from }: UnitCost) => [
      what,
      `${shown(value)} ${unit === "us" ? "µs" : unit}`,
      `\`${from.replace(": ", " --only ")}\``,
    ]),
  };
}

/** What a key takes, by how many events it has. */
export function keyTable(): Table {
  const tiles = exampleHops.reduce((sum, hop) => sum + hop.tiles, 0);
  return {
    name: "key",
    heads: ["events a key and day", "bytes of its record", "of at most", "rows beside it"],
    rows: [1, 10, eventsPerKey(), 1000].map((events) => [
      shown(events),
      shown(recordBytes(events)),
      shown(8 + exampleHops.length * 8 + tiles * tileBytes(exampleNumbers)),
      shown(overlayRows(events, assumed.loads)),
    ]),
  };
}

/** What the order of one store takes, by how long events wait for others. */
export function orderTable(): Table {
  return {
    name: "order",
    heads: ["`maxDelayMs`", "events a flush", "events a second of one store", "stores for 1M/s", "workers of each"],
    rows: [500, 2000, 5000, 20_000].map((ms) => {
      const events = flushEvents(ms);
      return [
        ...[shown(ms), shown(events), shown(storeEvents(events)), shown(stores(events))],
        shown(Math.ceil(workers() / stores(events))),
      ];
    }),
  };
}

/** What loads a day come to. */
export function loadsTable(): Table {
  return {
    name: "loads",
    heads: ["loads a day", "rows beside a key", "processor of a read", "nodes for reads", "disk, nodes", "stores"],
    rows: [1, 4, 24].map((loads) => {
      const { reads, disk } = cassandraNodes(loads);
      const rows = overlayRows(eventsPerKey(), loads);
      return [
        ...[shown(loads), shown(rows), `${shown(readNodeMicros(rows))} µs`],
        ...[shown(Math.ceil(reads)), shown(Math.ceil(disk)), shown(Math.ceil(loadStores(loads)))],
      ];
    }),
  };
}

/** All that 1M requests, 1B keys and 1M events take with Cassandra. */
export function cassandraTable(): Table {
  const { reads, writes, disk, nodes } = cassandraNodes(assumed.loads);
  const all = Math.ceil(Math.max(loadStores(assumed.loads), stores(flushEvents(5000))));
  const perStore = Math.ceil(workers() / all);
  const up = (value: number): string => shown(Math.ceil(value));
  return {
    name: "cassandra",
    heads: ["", "formula", "comes to"],
    rows: [
      ["events a second of a worker", "use / cost of an event", shown(workerRate())],
      ["workers", "events / that", up(workers())],
      ["the same, by their own processor time", "events × its cost / use", up(ownWorkers())],
      ["stores by their order", "flushes of 5 s, the table above", up(stores(flushEvents(5000)))],
      ["stores by loads", "keys × load / (6 h × use)", up(loadStores(assumed.loads))],
      ["workers of each store", "workers / stores", shown(perStore)],
      [
        "partitions of each",
        `those × ${shown(assumed.partitionsPerWorker)}`,
        shown(perStore * assumed.partitionsPerWorker),
      ],
      ["queries a request", "generation, and rows beside", shown(assumed.groups * 2)],
      ["machines of services that ask", "requests × read / (16 cores × use)", up(askingMachines())],
      ["nodes by reads", "requests × read × 2 asked / (16 cores × use)", up(reads)],
      ["nodes by writes", "events × event × 3 / (16 cores × use)", up(writes)],
      ["nodes by disk", "3 × (3 generations + rows) / 2 TB", up(disk)],
      ["nodes", "reads + writes, or disk if that is more", up(nodes)],
    ],
  };
}

/** The same with LMDB, a shard a machine. */
export function lmdbTable(): Table {
  const { events, reads, disk, loads, machines } = lmdbMachines();
  return {
    name: "lmdb",
    heads: ["machines by", "formula", "comes to"],
    rows: [
      ["events", "events × event / (one core × use)", shown(Math.ceil(events))],
      ["requests", "requests × read / (14 cores × use)", shown(Math.ceil(reads))],
      ["disk", "keys × 3 generations / 2 TB", shown(Math.ceil(disk))],
      ["loads", "keys × load / (6 h × use)", shown(Math.ceil(loads))],
      ["the most of them", "", shown(machines)],
      ["keys of each", "keys / that", shown(demand.keys / machines)],
    ],
  };
}
