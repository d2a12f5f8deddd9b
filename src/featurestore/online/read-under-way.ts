import type { Flight, RecordWaiter } from "./flights.ts";
import type { RecordVisitor } from "./online-store.ts";
import { isAway } from "./unavailable.ts";

/** Who is told of a read. */
export interface ReadListener {
  /**
   * Each key was visited, or cannot be, and the store is done with what was asked of it; or, at once, what is wrong with a key for another reason than
   * that the store is away. Called once.
   */
  answered(read: ReadUnderWay): void;
  /** The store is done with the view, however that ended. Called once where it was asked: others' reads may be waited for alone. */
  ended(): void;
}

/** A read that a store answers later: it waits for records, which it or others have asked for. Told by callbacks, since it is made for each group and call. */
export class ReadUnderWay implements RecordWaiter {
  readonly #visit: RecordVisitor;
  #flights: Flight[] | undefined;
  #listener: ReadListener | undefined;
  /** From its start on until it has said what it waits for. */
  #waits = 1;
  #open = 0;
  #isAnswered = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(visit: RecordVisitor) {
    this.#visit = visit;
  }

  /** What it waits for. */
  get flights(): readonly Flight[] {
    return this.#flights ?? [];
  }

  waitFor(flight: Flight): void {
    if (this.#flights === undefined) this.#flights = [flight];
    else this.#flights.push(flight);
  }

  /** Whether there is nothing left to wait for. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Whether the store is at it. */
  get isOpen(): boolean {
    return this.#open > 0;
  }

  /** What went wrong. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  listen(listener: ReadListener): void {
    this.#listener = listener;
    if (this.#isAnswered) listener.answered(this);
  }

  wait(): void {
    this.#waits++;
  }

  done(): void {
    if (--this.#waits === 0) this.#answer();
  }

  /** The store is asked, once or several times at once: it is waited for, too, so that its view may be closed. */
  open(): void {
    this.#open++;
    this.wait();
  }

  end(): void {
    this.#open--;
    if (this.#open === 0) this.#listener?.ended();
    this.done();
  }

  /** What one read makes of a record is no matter of the others that wait for it. */
  land(index: number, record: Uint8Array | undefined): void {
    try {
      this.#visit(index, record);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.done();
  }

  /** A record that cannot be had since the store is away says nothing of the others: they are still waited for. */
  fail(error: unknown): void {
    if (isAway(error)) {
      this.#failure ??= { error };
      this.done();
    } else {
      this.#failure = { error };
      this.#answer();
    }
  }

  #answer(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#listener?.answered(this);
  }
}
