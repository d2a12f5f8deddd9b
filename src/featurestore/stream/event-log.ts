import type { Micros } from "../../core/index.ts";
import type { DeadLetter } from "./dead-letter.ts";
import type { LogEvent } from "./log-event.ts";

/** Some events of a partition, one behind the other. */
export interface EventBatch {
  readonly partition: string;
  /** The offset that they were asked for from: between it and the first of them there is no event. */
  readonly from: number;
  readonly events: readonly LogEvent[];
  /** The offset to be read next, behind all of them. */
  readonly next: number;
  /** The offset behind the last event that the partition had when these were read. */
  readonly end: number;
}

/** Who reads a topic. */
export interface EventReader {
  /** Asked whenever a partition comes to this process, also where it had it before: from which offset it is read; `undefined` where nothing is read any more. */
  take(partition: string): Promise<number | undefined>;
  /** Given what was read, in its order; settled once there is room for more. What was accepted before is given again, perhaps. */
  accept(batch: EventBatch): Promise<void>;
  /** Told what keeps the log from being read for now. */
  report(error: unknown): void;
}

/** A topic that is being read. */
export interface Reading {
  /** Says that all before an offset is applied, for who watches how far the topic is read. It decides nothing. */
  commit(partition: string, next: number): Promise<void>;
  /** Has a partition be taken anew, where it is this process's still. */
  retake(partition: string): void;
  /** Ends reading. What is on its way may still be accepted until it is settled. */
  stop(): Promise<void>;
  /** Rejects where it cannot go on; never resolves. */
  readonly failed: Promise<never>;
}

/** From where to where events of a partition are there. */
export interface Extent {
  readonly first: number;
  readonly end: number;
}

/** A dead letter that was kept. */
export interface BuriedLetter extends DeadLetter {
  /** Whether its event was kept with it: one that is too large is not. */
  readonly hasValue: boolean;
}

/** Logs of events by topics, whose partitions are dealt out among all processes that read in one group. */
export interface EventLog {
  /** `"kafka"`, say: for messages. */
  readonly kind: string;
  /** @throws TondoError `TOPIC_MISSING`, `EVENTS_UNAVAILABLE`, `EVENTS_DENIED` */
  read(topic: string, group: string, reader: EventReader): Promise<Reading>;
  /** What a topic has, by partition. */
  extents(topic: string): Promise<ReadonlyMap<string, Extent>>;
  /** The first offset of each partition whose event came at a moment or later; where there is none, the end. */
  offsetsAt(topic: string, moment: Micros): Promise<ReadonlyMap<string, number>>;
  /** Keeps events that could not be applied, with the reason. Durable when it returns. */
  bury(topic: string, letters: readonly DeadLetter[]): Promise<void>;
  /** The dead letters of a topic, of all its sources, in the order in which they were kept; some may be there twice. */
  letters(topic: string): AsyncIterable<readonly BuriedLetter[]>;
  close(): Promise<void>;
}
