/** What one thing costs, as it was measured. */
export interface UnitCost {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The case that gave it. */
  readonly from: string;
}

/** Where and when. */
export const measuredOn =
  "2 cores of an Intel Xeon at 2.6 GHz, 24 GiB, Linux, Node 24.21, 24 November 2026, servers on the same machine, while others worked on it; medians of five rounds or more";

/** The costs that the model and the simulation go by. */
export type CostName =
  | "streamLmdb"
  | "streamCassandra"
  | "streamOwn"
  | "streamNode"
  | "decision"
  | "decisionOf8"
  | "readLmdb"
  | "readNode"
  | "readNodeOf100"
  | "readOwn"
  | "readOwnOf100"
  | "loadLmdb";

/** Unit costs of the example group, three windows of five aggregates. */
export const costs: Readonly<Record<CostName, UnitCost>> = {
  streamLmdb: { what: "an event streamed from Kafka into LMDB", value: 44.3, unit: "us", from: "stream: stream-lmdb" },
  streamCassandra: {
    what: "an event streamed into Cassandra, of one process",
    value: 310,
    unit: "us",
    from: "scaling: stream-cassandra-10000",
  },
  streamOwn: {
    what: "of it processor time of the process",
    value: 107,
    unit: "us",
    from: "scaling: stream-cassandra-10000",
  },
  streamNode: {
    what: "of it processor time of the node",
    value: 260,
    unit: "us",
    from: "scaling: stream-cassandra-10000",
  },
  decision: {
    what: "a flush's place in the order of a store, one process",
    value: 6.77,
    unit: "ms",
    from: "scaling: decisions-1",
  },
  decisionOf8: { what: "the same, eight at once", value: 9.63, unit: "ms", from: "scaling: decisions-8" },
  readLmdb: {
    what: "a read of fifteen windows from LMDB (`user:views`)",
    value: 6.19,
    unit: "us",
    from: "online: lmdb-windows",
  },
  readNode: {
    what: "a read of a key's windows from Cassandra, processor time of the node",
    value: 117,
    unit: "us",
    from: "scaling: read-overlay-0",
  },
  readNodeOf100: {
    what: "the same, of a key with 100 rows beside its generation",
    value: 703,
    unit: "us",
    from: "scaling: read-overlay-100",
  },
  readOwn: {
    what: "a read of a key's windows from Cassandra, processor time of who asks",
    value: 99.4,
    unit: "us",
    from: "scaling: read-overlay-0",
  },
  readOwnOf100: {
    what: "the same, of a key with 100 rows beside its generation",
    value: 824,
    unit: "us",
    from: "scaling: read-overlay-100",
  },
  loadLmdb: {
    what: "a load of a key with ten events into LMDB",
    value: 51.6,
    unit: "us",
    from: "scaling: load-windows",
  },
};

/** What events of a stream into LMDB waited at half of its load, milliseconds (`scaling: delay-lmdb`): half of them, and 99 of 100. */
export const measuredDelays = { half: 634, most: 1077 } as const;
