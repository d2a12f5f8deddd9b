import { TondoError } from "../../core/index.ts";
import {
  firstPosition,
  isApplied,
  passed,
  type PlacedPosition,
  type StreamMove,
  type StreamPosition,
  type TopicPartition,
} from "../online/stream-position.ts";

/** That a partition does not stand where this process has it: somebody else took it over, it is to be read from elsewhere, or a write stands of which that was not known. Nothing of it is applied. */
export class Fenced extends Error {
  readonly partition: string;

  constructor(partition: string) {
    super(`partition ${partition} stands elsewhere`);
    this.partition = partition;
  }
}

/** A partition that this process has taken, until it is taken anew. */
export interface TakenPart {
  readonly partition: string;
  readonly epoch: number;
  /** How far it has been applied. */
  position: StreamPosition;
  /** The offset behind what was accepted. */
  accepted: number;
  /** Whether another took it from this process before: then what is read of it is applied at once, before it is taken again. */
  readonly isContested: boolean;
  /** The offsets of events whose letters are kept, until they are passed. */
  readonly buried: Set<number>;
}

/** What is passed of a partition in one write. */
export interface PassedPart {
  readonly part: TakenPart;
  /** Up to which offset. */
  readonly to: number;
  /** Ascending offsets of what is applied with it. */
  readonly applied: readonly number[];
  /** Ascending offsets of what is not. */
  readonly dead: readonly number[];
}

/**
 * Takes a partition over: a new epoch, by which whoever had it before is fenced.
 *
 * @param first the first offset that the topic has
 */
export function takeOver(place: TopicPartition, first: number, by: string): StreamMove {
  return {
    ...place,
    change: (stored = firstPosition(first)) => ({
      ...stored,
      epoch: stored.epoch + 1,
      by,
      // What the topic has no more is never applied.
      holes: stored.holes.flatMap(({ from, to }) => (to > first ? [{ from, to }] : [])),
    }),
  };
}

/** Passes what was read of a partition, where it is still this process's and was not passed before. */
export function passPart(topic: string, { part, to, applied, dead }: PassedPart, maxHoles: number): StreamMove {
  const { partition, epoch, position: before } = part;
  return {
    topic,
    partition,
    change: (stored) => {
      if (stored?.epoch !== epoch) throw new Fenced(partition);
      if (stored.next !== before.next) throw new Fenced(partition);
      // What is read again was perhaps applied meanwhile, as a dead letter that was mended.
      if (before.next < stored.end && applied.some((offset) => isApplied(stored, offset))) throw new Fenced(partition);
      const position = passed(stored, to, dead);
      if (position.holes.length > maxHoles) throw tooManyHoles(topic, partition, maxHoles);
      return position;
    },
  };
}

/** How far a partition is read, among all of them. */
export function positionIn(
  positions: readonly PlacedPosition[],
  { topic, partition }: TopicPartition,
): StreamPosition | undefined {
  return positions.find((one) => one.topic === topic && one.partition === partition)?.position;
}

function tooManyHoles(topic: string, partition: string, maxHoles: number): TondoError {
  return new TondoError(
    "LIMIT_EXCEEDED",
    `partition ${partition} of ${topic} would have more than ${String(maxHoles)} ranges of events that were not applied`,
    {
      hint: "Mend what is wrong with its events and run `tondo stream replay-dead-letters`, or raise the limit `maxHoles`.",
      details: { topic, partition },
    },
  );
}
