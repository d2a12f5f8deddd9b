/** A partition of a topic: events come in it one behind the other, each at an offset of its own. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: string;
}

/** Offsets from one on up to another, which is the first behind them. */
export interface OffsetRange {
  readonly from: number;
  readonly to: number;
}

/** How far a source has been read from a partition of a topic, and by whom. */
export interface StreamPosition {
  /** One more each time that somebody takes the partition over: whoever had it before passes nothing any more. */
  readonly epoch: number;
  /** Who took it over. */
  readonly by: string;
  /** The offset to be read next. */
  readonly next: number;
  /** The first offset behind all that was ever passed. */
  readonly end: number;
  /** What was passed before `end` and not applied, ascending: dead letters, and what a reset went past. */
  readonly holes: readonly OffsetRange[];
}

/** A position with its place. */
export interface PlacedPosition extends TopicPartition {
  readonly position: StreamPosition;
}

/** A position that is to be changed. */
export interface StreamMove extends TopicPartition {
  /**
   * Gives the position that follows the one that is stored; asked within the write, and perhaps again.
   * @throws where it must not be changed: nothing is written then
   */
  readonly change: (stored: StreamPosition | undefined) => StreamPosition;
}

/** Where a partition is read from that nobody has read: what lies before is passed over. */
export function firstPosition(next: number): StreamPosition {
  return { epoch: 0, by: "", next, end: next, holes: next > 0 ? [{ from: 0, to: next }] : [] };
}

/** Whether what is at an offset was applied. */
export function isApplied({ end, holes }: StreamPosition, offset: number): boolean {
  if (offset >= end) return false;
  // The last range that begins at it or before.
  let [low, high] = [0, holes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((holes[middle]?.from ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return offset >= (holes[low - 1]?.to ?? -Infinity);
}

/**
 * The position once all from `next` up to `to` is read, and applied but for what is at some offsets.
 *
 * @param dead ascending offsets between the two
 */
export function passed(position: StreamPosition, to: number, dead: readonly number[]): StreamPosition {
  const { next, end, holes } = position;
  const isDead = new Set(dead);
  const kept = holes.flatMap(({ from, to: until }) => [
    ...(from < next ? [{ from, to: Math.min(until, next) }] : []),
    ...(until > to ? [{ from: Math.max(from, to), to: until }] : []),
  ]);
  const fresh = dead.filter((offset) => !isApplied(position, offset)).map((from) => ({ from, to: from + 1 }));
  if (isDead.size !== dead.length) throw new RangeError("an offset is dead once");
  return { ...position, next: to, end: Math.max(end, to), holes: joined([...kept, ...fresh]) };
}

/** The position once what is at an offset is applied that was not before. */
export function filled(position: StreamPosition, offset: number): StreamPosition {
  const holes = position.holes.flatMap(({ from, to }) =>
    offset < from || offset >= to
      ? [{ from, to }]
      : [
          { from, to: offset },
          { from: offset + 1, to },
        ].filter((one) => one.from < one.to),
  );
  return { ...position, holes };
}

/** The position from which an offset is read next, by another epoch. What is gone past is a hole. */
export function repositioned(position: StreamPosition, next: number, by: string): StreamPosition {
  const { epoch, end, holes } = position;
  return {
    epoch: epoch + 1,
    by,
    next,
    end: Math.max(end, next),
    holes: next > end ? joined([...holes, { from: end, to: next }]) : holes,
  };
}

/** Ranges ascending, those that touch as one. */
function joined(ranges: readonly OffsetRange[]): readonly OffsetRange[] {
  const all: OffsetRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last !== undefined && range.from <= last.to)
      all[all.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else all.push(range);
  }
  return all;
}

/** The text of a position, for a store. */
export function positionText({ epoch, by, next, end, holes }: StreamPosition): string {
  return JSON.stringify({ epoch, by, next, end, holes: holes.map(({ from, to }) => [from, to]) });
}

/** A position from {@link positionText}. */
export function positionOf(text: string): StreamPosition {
  const { holes, ...rest } = JSON.parse(text) as Omit<StreamPosition, "holes"> & {
    readonly holes: readonly (readonly [number, number])[];
  };
  return { ...rest, holes: holes.map(([from, to]) => ({ from, to })) };
}
