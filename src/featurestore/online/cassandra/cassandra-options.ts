/** How many replicas answer before a request is done, in Cassandra's own words. */
export type CassandraConsistency =
  "one" | "two" | "three" | "quorum" | "all" | "localQuorum" | "eachQuorum" | "localOne";

/** How replicas agree on what only one may do. */
export type CassandraSerialConsistency = "serial" | "localSerial";

/** TLS to the nodes, by the names of Node's `tls.connect`. */
export interface CassandraTls {
  /** Certificates of the authorities that are trusted, PEM; default: those of Node. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** The client's own certificate, PEM, where nodes ask for one. */
  readonly cert?: string | Buffer;
  /** Its key, PEM. */
  readonly key?: string | Buffer;
  /** The passphrase of the key. */
  readonly passphrase?: string;
  /** Whether a node whose certificate is not trusted, or not of its address, is refused; default: `true`. */
  readonly rejectUnauthorized?: boolean;
}

/** Bounds of a store in Cassandra. */
export interface CassandraLimits {
  /** For how long what was read of the pointers counts: so late at the most a load of another process is seen. Milliseconds. */
  readonly pointerAgeMs: number;
  /** How long a read waits for a node, milliseconds. With retries and several nodes a read takes `retries + 1` times that at the most. */
  readonly readTimeoutMs: number;
  /** How long a write of a load, or a change of a pointer, waits for a node, milliseconds. */
  readonly writeTimeoutMs: number;
  /** How long a change of the schema waits, milliseconds. */
  readonly schemaTimeoutMs: number;
  /** How long a connection may take to be made, milliseconds. */
  readonly connectTimeoutMs: number;
  /** The longest pause between two tries to reach a node that is down, milliseconds. */
  readonly reconnectMs: number;
  /** How often a request that may be sent twice is sent again. */
  readonly retries: number;
  /** Connections to each node of the local data centre. */
  readonly connectionsPerNode: number;
  /** How many reads may be under way; more wait for their turn. */
  readonly maxInFlight: number;
  /** How long a read waits for its turn where more are under way than may be, milliseconds. */
  readonly turnTimeoutMs: number;
  /** How many reads may wait for their turn; more are refused. */
  readonly maxWaiting: number;
  /** How many keys one query reads: 1 for one query a key, sent to a replica of that key; more for `IN`, by way of any node. */
  readonly keysPerQuery: number;
  /** How many writes of a load may be under way. */
  readonly writesInFlight: number;
  /** For how long a load that dies keeps others from loading its group, milliseconds. */
  readonly leaseMs: number;
  /**
   * How long the records of a generation stay after it was dropped, for readers that still read it, milliseconds. A reader gives up, and reads
   * anew, after half of it: all programs that use the store must say the same.
   */
  readonly holdMs: number;
  /** How long ahead of the clock rows are pushed, milliseconds: as long as it may take to have them stand, with clocks that differ. Those that are pushed to a group for the first time, by `pointerAgeMs` further. */
  readonly pushLeadMs: number;
  /** How long a push may write before it is given up, milliseconds; one that died is taken for dead after twice that. */
  readonly pushTimeoutMs: number;
  /** How often a push takes later moments where others, or loads, were faster. */
  readonly pushTries: number;
  /** Of how many pushes it is remembered since when their rows count, some 150 bytes each; of others it is asked again by who reads rows of theirs. */
  readonly batchesKnown: number;
}

/** The defaults of {@link CassandraLimits}. */
export const defaultCassandraLimits: CassandraLimits = {
  pointerAgeMs: 1000,
  readTimeoutMs: 2000,
  writeTimeoutMs: 10_000,
  schemaTimeoutMs: 30_000,
  connectTimeoutMs: 5000,
  reconnectMs: 2000,
  retries: 1,
  connectionsPerNode: 1,
  maxInFlight: 1024,
  turnTimeoutMs: 10_000,
  maxWaiting: 65_536,
  keysPerQuery: 1,
  writesInFlight: 256,
  leaseMs: 30_000,
  holdMs: 60_000,
  pushLeadMs: 250,
  pushTimeoutMs: 60_000,
  pushTries: 20,
  batchesKnown: 65_536,
};

/** How a store in Cassandra is opened. */
export interface CassandraOptions {
  /** Nodes to begin with, as `host` or `host:port`; the others are found by them. */
  readonly contactPoints: readonly string[];
  /** The data centre whose nodes are asked; default: `datacenter1`, as Cassandra calls its only one. */
  readonly localDataCenter?: string;
  /** Default: `tondo`. */
  readonly keyspace?: string;
  /** The name of the store: several may share a keyspace. Default: `tondo`. */
  readonly store?: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** `true` for TLS by the defaults of {@link CassandraTls}; default: none. */
  readonly tls?: boolean | CassandraTls;
  /** Whether the keyspace is made where it is not there; default: `false`. */
  readonly createKeyspace?: boolean;
  /** Of a keyspace that is made: how many replicas a record has, on the whole (1 by default) or by data centre. */
  readonly replication?: number | Readonly<Record<string, number>>;
  /** Whether the store's tables are made and brought to today's form; default: `true`. */
  readonly migrate?: boolean;
  readonly consistency?: {
    /** Of records; default: `localQuorum`. Less than a quorum may take a record that was written for one that is not there. */
    readonly reads?: CassandraConsistency;
    /** Of records and of what is switched; default: `localQuorum`, `eachQuorum` where the keyspace has several data centres. */
    readonly writes?: CassandraConsistency;
    /** Of pointers, when they are read; default: `localQuorum`. */
    readonly pointers?: CassandraConsistency | CassandraSerialConsistency;
    /** Of what only one may do: to load a group, to move pointers. Default: `serial`; `localSerial` where all loads run in one data centre. */
    readonly switches?: CassandraSerialConsistency;
  };
  /** Ask another node, too, where one has not answered what may be asked twice (reads, records of loads) in so many milliseconds, so often at the most; default: never. */
  readonly speculative?: { readonly delayMs: number; readonly executions: number };
  readonly limits?: Partial<CassandraLimits>;
}
