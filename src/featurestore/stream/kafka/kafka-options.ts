import type { ConnectionOptions } from "node:tls";
import type { SASLOptions } from "kafkajs";

/** How Kafka is reached. */
export interface KafkaOptions {
  /** Brokers to begin with, as `host:port`; the others are found by them. */
  readonly brokers: readonly string[];
  /** What this program calls itself; default: `tondo`. */
  readonly clientId?: string;
  /** `true` for TLS by Node's defaults, or its options; default: none. */
  readonly ssl?: boolean | ConnectionOptions;
  /** Credentials: `{ mechanism: "scram-sha-512", username, password }`, say. */
  readonly sasl?: SASLOptions;
  readonly limits?: Partial<KafkaLimits>;
}

/** Bounds of what is read from Kafka. */
export interface KafkaLimits {
  /** How long a connection may take to be made, milliseconds. */
  readonly connectTimeoutMs: number;
  /** How long a request waits for its answer, milliseconds. */
  readonly requestTimeoutMs: number;
  /** How often a request is sent again before it fails. */
  readonly retries: number;
  /** How long a broker waits for events where there are none, milliseconds. */
  readonly maxWaitMs: number;
  /** How many bytes of a partition are read at once; an event that is larger comes alone. */
  readonly bytesPerPartition: number;
  /** After how long a process that says nothing loses its partitions, milliseconds. */
  readonly sessionTimeoutMs: number;
  /** How long partitions wait for those who have them when they are dealt out anew, milliseconds. */
  readonly rebalanceTimeoutMs: number;
  /** How many partitions are read at the same time. */
  readonly partitionsAtOnce: number;
}

/** The defaults of {@link KafkaLimits}. */
export const defaultKafkaLimits: KafkaLimits = {
  connectTimeoutMs: 5000,
  requestTimeoutMs: 30_000,
  retries: 5,
  maxWaitMs: 100,
  bytesPerPartition: 1 << 20,
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 60_000,
  partitionsAtOnce: 16,
};
