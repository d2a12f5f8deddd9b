import type { LogEvent } from "./log-event.ts";
import type { TakenPart } from "./stream-part.ts";

/** Some events of a partition that wait to be applied. */
export interface WaitingEvents {
  readonly part: TakenPart;
  readonly events: readonly LogEvent[];
  /** The offset behind them. */
  readonly next: number;
  readonly bytes: number;
  /** When they were accepted, by `performance.now`. */
  readonly since: number;
}

/** How many events are kept as one piece: a piece is applied whole. */
const pieceEvents = 500;

/** What an event takes beside its bytes. */
const eventBytes = 64;

/** Events in the order in which they were accepted, bounded by their bytes: whoever adds some waits for room. */
export class EventBuffer {
  readonly #limit: number;
  #pieces: WaitingEvents[] = [];
  #bytes = 0;
  /** Wakes those who wait for room. */
  #waiting: (() => void)[] = [];

  /** @param limit how many bytes may wait before whoever adds some has to */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get events(): number {
    return this.#pieces.reduce((sum, { events }) => sum + events.length, 0);
  }

  /** Whether some are of a partition that others take, too. */
  get isContested(): boolean {
    return this.#pieces.some(({ part }) => part.isContested);
  }

  /** When the oldest were accepted; `undefined` where none wait. */
  get since(): number | undefined {
    return this.#pieces[0]?.since;
  }

  /** Adds events of a partition, in pieces. */
  add(part: TakenPart, events: readonly LogEvent[], next: number): void {
    const since = performance.now();
    for (let at = 0; at === 0 || at < events.length; at += pieceEvents) {
      const own = events.slice(at, at + pieceEvents);
      const bytes = sizeOf(own);
      this.#pieces.push({ part, events: own, next: events[at + pieceEvents]?.offset ?? next, bytes, since });
      this.#bytes += bytes;
    }
  }

  /** Settled once there is room for more. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.#bytes > this.#limit && !signal.aborted)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
  }

  /** The oldest pieces, at least one, up to so many events and bytes; they stay until they are removed. One that has more events is cut. */
  oldest(events: number, bytes: number): readonly WaitingEvents[] {
    const [first] = this.#pieces;
    if (first !== undefined && first.events.length > events) this.#pieces.splice(0, 1, ...cut(first, events));
    const taken: WaitingEvents[] = [];
    let [n, size] = [0, 0];
    for (const piece of this.#pieces) {
      n += piece.events.length;
      size += piece.bytes;
      if (taken.length > 0 && (n > events || size > bytes)) break;
      taken.push(piece);
    }
    return taken;
  }

  remove(isGone: (piece: WaitingEvents) => boolean): void {
    this.#pieces = this.#pieces.filter((piece) => !isGone(piece));
    this.#bytes = this.#pieces.reduce((sum, { bytes }) => sum + bytes, 0);
    this.wake();
  }

  /** Lets those who wait for room look again. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** A piece as two, the first of which has so many events. */
function cut(piece: WaitingEvents, events: number): readonly WaitingEvents[] {
  const [own, others] = [piece.events.slice(0, events), piece.events.slice(events)];
  const bytes = sizeOf(own);
  return [
    { ...piece, events: own, next: others[0]?.offset ?? piece.next, bytes },
    { ...piece, events: others, bytes: piece.bytes - bytes },
  ];
}

function sizeOf(events: readonly LogEvent[]): number {
  return events.reduce((sum, { key, value }) => sum + eventBytes + (key?.length ?? 0) + (value?.length ?? 0), 0);
}
