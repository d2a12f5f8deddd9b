/** A moment that is waited for at the most: for what a store answers later. */
export class Deadline {
  readonly ms: number;
  /** Settled once it has passed; never, where it is stopped before. */
  readonly passed: Promise<undefined>;
  #hasPassed = false;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;

  /** @param ms from now on, milliseconds */
  constructor(ms: number) {
    this.ms = ms;
    this.passed = new Promise((resolve) => {
      this.#timer = setTimeout(() => {
        // Timers come before input: what arrived while this process was busy is read first.
        this.#turn = setImmediate(() => {
          this.#hasPassed = true;
          resolve(undefined);
        });
      }, ms);
    });
  }

  get hasPassed(): boolean {
    return this.#hasPassed;
  }

  /** The timer is given back; it passes no more. */
  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }
}
