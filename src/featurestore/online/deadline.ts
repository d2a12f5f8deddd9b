/** Deadlines of one length, the next first. */
interface DeadlineQueue {
  readonly ms: number;
  first: Deadline | undefined;
  last: Deadline | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** By their lengths; one that nobody waits in is forgotten when its timer ends. */
const queues = new Map<number, DeadlineQueue>();

/**
 * A moment that is waited for at the most: for what a store answers later. One timer waits for all of a length: to make one for each, and to take it back, would cost more than most
 * else that a call does.
 */
export class Deadline {
  readonly ms: number;
  readonly #onPassed: () => void;
  readonly #queue: DeadlineQueue;
  /** By the monotonic clock. */
  readonly #due: number;
  #before: Deadline | undefined;
  #after: Deadline | undefined;
  #hasPassed = false;
  #turn: NodeJS.Immediate | undefined;

  /**
   * @param ms from now on, milliseconds
   * @param onPassed called once it has passed, unless it is stopped before
   */
  constructor(ms: number, onPassed: () => void) {
    this.ms = ms;
    this.#onPassed = onPassed;
    this.#due = performance.now() + ms;
    let queue = queues.get(ms);
    if (queue === undefined) queues.set(ms, (queue = { ms, first: undefined, last: undefined, timer: undefined }));
    this.#queue = queue;
    this.#before = queue.last;
    if (queue.last === undefined) queue.first = this;
    else queue.last.#after = this;
    queue.last = this;
    if (queue.timer === undefined) Deadline.#wait(queue, ms);
    else if (queue.first === this) queue.timer.ref();
  }

  get hasPassed(): boolean {
    return this.#hasPassed;
  }

  /** It passes no more. */
  stop(): void {
    this.#leave();
    if (this.#turn !== undefined) clearImmediate(this.#turn);
  }

  #leave(): void {
    const queue = this.#queue;
    const [before, after] = [this.#before, this.#after];
    if (before === undefined && queue.first !== this) return;
    if (before === undefined) queue.first = after;
    else before.#after = after;
    if (after === undefined) queue.last = before;
    else after.#before = before;
    this.#before = undefined;
    this.#after = undefined;
    // A process that waits for nothing else may end.
    if (queue.first === undefined) queue.timer?.unref();
  }

  static #wait(queue: DeadlineQueue, ms: number): void {
    queue.timer = setTimeout(() => {
      Deadline.#pass(queue);
    }, ms);
  }

  static #pass(queue: DeadlineQueue): void {
    queue.timer = undefined;
    const now = performance.now();
    for (let one = queue.first; one !== undefined && one.#due <= now; one = queue.first) {
      one.#leave();
      one.#passNext();
    }
    if (queue.first === undefined) queues.delete(queue.ms);
    else Deadline.#wait(queue, queue.first.#due - now);
  }

  /** Timers come before input: what arrived while this process was busy is read first. */
  #passNext(): void {
    this.#turn = setImmediate(() => {
      this.#hasPassed = true;
      this.#onPassed();
    });
  }
}
