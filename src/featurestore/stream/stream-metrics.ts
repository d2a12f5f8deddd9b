import type { Micros } from "../../core/index.ts";
import type { TopicPartition } from "../online/stream-position.ts";

/** What became of the events of a partition since this process took it for the first time. */
export interface PartitionMetrics extends TopicPartition {
  readonly source: string;
  /** Events that were accepted. */
  readonly read: number;
  /** Events that count: those that wait for a load among them. */
  readonly applied: number;
  /** Events that were applied before, and came again. */
  readonly repeated: number;
  /** Events that could not be applied. */
  readonly dead: number;
  /** Events of a source with `id` that happened too long ago and wait for the next load. */
  readonly waiting: number;
  /** Events of keys that were erased. */
  readonly erased: number;
  /** How many offsets the partition has that were not read, as of the last that were: events of Kafka, bytes of a file. */
  readonly lag: number;
  /** The largest time of an event that was applied, microseconds; absent before the first. */
  readonly watermark?: Micros;
}

/** What the stream of a topic of a source does in this process. */
export interface SourceMetrics {
  readonly source: string;
  /** How often events were applied, and how many of these were applied last. */
  readonly flushes: number;
  readonly lastFlush: { readonly events: number; readonly bytes: number; readonly seconds: number };
  /** How often that failed, and why it does now; absent where it does not. */
  readonly failures: number;
  readonly failing?: { readonly code: string; readonly message: string; readonly since: Micros };
  /** How often others had taken a partition over when its events were to be applied. */
  readonly fenced: number;
  /** Flushes that requests may not have seen from their moment on, the disk or the nodes having stood still. */
  readonly late: number;
  /** From when on requests see all that was applied, microseconds: a little behind the write; absent before the first. */
  readonly appliedAt?: Micros;
  /** What waits in memory. */
  readonly buffered: { readonly events: number; readonly bytes: number };
}

/** What streams do in this process. Counts of what was done only grow. */
export interface StreamMetrics {
  readonly sources: readonly SourceMetrics[];
  readonly partitions: readonly PartitionMetrics[];
}
