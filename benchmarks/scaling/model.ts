import { costs, type UnitCost } from "./costs.ts";

/** What is asked of it. */
export const demand = { requests: 1_000_000, keys: 1_000_000_000, events: 1_000_000 } as const;

/** What was not measured, and is taken for given. */
export const assumed = {
  /** Loads a day. */
  loads: 4,
  /** Groups that a request reads. */
  groups: 1,
  /** How much of a machine is used while all goes well: the rest is for what was lost and is caught up with. */
  use: 0.5,
  /** Copies of each row in Cassandra, and how many of them a read with LOCAL_QUORUM asks. */
  replicas: 3,
  asked: 2,
  /** A node, or a machine with LMDB: cores, and terabytes of which half is left to compactions. */
  cores: 16,
  terabytes: 4,
  /** Bytes of a row beside generations on disk: its columns, names of scope and push, and what Cassandra has of a row. */
  rowBytes: 250,
  /** Partitions for each worker, so that those of one that died can be dealt out evenly. */
  partitionsPerWorker: 4,
} as const;

const day = 86_400;

/** Tiles of the example group, `shop:sales` of `benchmarks/stream/events.ts`: those that its windows reach by width, and one that they are in the middle of. The codec is held against them by a test. */
export const exampleHops: readonly { readonly hopSeconds: number; readonly tiles: number }[] = [
  { hopSeconds: 3600, tiles: 7 * 24 + 1 },
  { hopSeconds: 300, tiles: 12 + 1 },
];
/** Numbers that a tile of it holds: a count; a sum as six; a minimum; a maximum. */
export const exampleNumbers: number = 1 + 6 + 1 + 1;

/** Bytes of a tile: its start and its numbers, a word of 8 bytes each (`window-codec.ts`). */
export function tileBytes(numbers: number): number {
  return 8 * (1 + numbers);
}

/** How many of so many tiles have an event, where each has so many on the average, by chance (Poisson): `tiles (1 - e^-events)`. */
export function filledTiles(tiles: number, eventsPerTile: number): number {
  return tiles * (1 - Math.exp(-eventsPerTile));
}

/** Bytes of the record of a key with so many events a day: a word, and for each width a word and the tiles that have events. */
export function recordBytes(eventsPerDay: number): number {
  return exampleHops.reduce((sum, { hopSeconds, tiles }) => {
    const filled = filledTiles(tiles, (eventsPerDay * hopSeconds) / day);
    return sum + 8 + filled * tileBytes(exampleNumbers);
  }, 8);
}

/** Events a day of a key. */
export function eventsPerKey(): number {
  return (demand.events * day) / demand.keys;
}

/**
 * Rows of a key beside its generation in Cassandra, on the average: rows stay for the load after next, so that there are those of two loads behind one, and of three before the next.
 */
export function overlayRows(eventsPerDay: number, loads: number): number {
  return (2.5 * eventsPerDay) / loads;
}

/** Microseconds of a node's processor for a read of a key with so many rows beside its generation: a line between two that were measured. */
export function readNodeMicros(rows: number): number {
  return between(costs.readNode, costs.readNodeOf100, rows);
}

/** The same of the process that asks. */
export function readOwnMicros(rows: number): number {
  return between(costs.readOwn, costs.readOwnOf100, rows);
}

function between(none: UnitCost, hundred: UnitCost, rows: number): number {
  return none.value + ((hundred.value - none.value) * rows) / 100;
}

/** Machines of the services that ask for all requests, by their processors. */
export function askingMachines(): number {
  const { use, cores, groups, loads } = assumed;
  const micros = readOwnMicros(overlayRows(eventsPerKey(), loads));
  return (demand.requests * groups * micros) / (cores * use * 1e6);
}

/** Events a second that a worker applies to Cassandra in flushes of as many as come within `maxDelayMs`, `use` of the time busy. */
export function workerRate(): number {
  return (1e6 / costs.streamCassandra.value) * assumed.use;
}

/** Workers of all stores: events, by what a worker applies. */
export function workers(): number {
  return Math.ceil(demand.events / workerRate());
}

/** Workers that would be enough if they never waited for nodes: a core of each, `use` of the time. */
export function ownWorkers(): number {
  return Math.ceil((demand.events * costs.streamOwn.value) / (assumed.use * 1e6));
}

/** How many events a worker's flush has: what comes within `maxDelayMs`, at the most `flushEvents`. */
export function flushEvents(maxDelayMs: number): number {
  return Math.min(10_000, (workerRate() * maxDelayMs) / 1000);
}

/** Flushes a second that the order of one store takes, `use` of the time. */
export function storeFlushes(): number {
  return (1000 / costs.decisionOf8.value) * assumed.use;
}

/** Events a second that one store takes: by its order of flushes, and by its moments, of which there is one a microsecond. */
export function storeEvents(eventsPerFlush: number): number {
  return Math.min(storeFlushes() * eventsPerFlush, 1_000_000 * assumed.use);
}

/** Stores that the events need. */
export function stores(eventsPerFlush: number): number {
  return Math.ceil(demand.events / storeEvents(eventsPerFlush));
}

/** Nodes of Cassandra, by what each does. */
export interface CassandraNodes {
  readonly reads: number;
  readonly writes: number;
  readonly disk: number;
  readonly nodes: number;
}

/** Nodes where so many loads a day are made. */
export function cassandraNodes(loads: number): CassandraNodes {
  const { replicas, asked, use, cores, terabytes, groups, rowBytes } = assumed;
  const perDay = eventsPerKey();
  const coreMicros = cores * use * 1e6;
  const rows = overlayRows(perDay, loads);
  const reads = (demand.requests * groups * readNodeMicros(rows) * asked) / coreMicros;
  const writes = (demand.events * costs.streamNode.value * replicas) / coreMicros;
  // Three generations while one is loaded; a row for requests, one that finds it by its push, and one in the log until the next load.
  const bytes = demand.keys * replicas * (3 * recordBytes(perDay) + rows * rowBytes * 2 + (perDay / loads) * rowBytes);
  const disk = bytes / ((terabytes / 2) * 1e12);
  return { reads, writes, disk, nodes: Math.ceil(Math.max(reads + writes, disk)) };
}

/** How many stores, or shards, have the loads of all keys done in time: a load is of one process, and must be done before the next begins. */
export function loadStores(loads: number): number {
  return (demand.keys * loadMicros(eventsPerKey() * 7)) / ((day / loads) * assumed.use * 1e6);
}

/** Machines with a shard in LMDB each, by what each does: a store has one process that streams, and that has one core. */
export function lmdbMachines(): {
  readonly events: number;
  readonly reads: number;
  readonly disk: number;
  readonly loads: number;
  readonly machines: number;
} {
  const { use, cores, terabytes } = assumed;
  const events = (demand.events * costs.streamLmdb.value) / (use * 1e6);
  const reads = (demand.requests * costs.readLmdb.value) / ((cores - 2) * use * 1e6);
  const disk = (demand.keys * 3 * recordBytes(eventsPerKey())) / ((terabytes / 2) * 1e12);
  const loads = loadStores(assumed.loads);
  return { events, reads, disk, loads, machines: Math.ceil(Math.max(events, reads, disk, loads)) };
}

/** Microseconds that a load takes for a key with so many events in its windows, if all are as dear as the ten of the measured load. */
export function loadMicros(events: number): number {
  return (costs.loadLmdb.value * events) / 10;
}
