/** A moment that is waited for at the most: for what a store answers later. */
export class Deadline {
  readonly ms: number;
  #hasPassed = false;
  #timer: NodeJS.Timeout;
  #turn: NodeJS.Immediate | undefined;

  /**
   * @param ms from now on, milliseconds
   * @param onPassed called once it has passed, unless it is stopped before
   */
  constructor(ms: number, onPassed: () => void) {
    this.ms = ms;
    this.#timer = setTimeout(() => {
      // Timers come before input: what arrived while this process was busy is read first.
      this.#turn = setImmediate(() => {
        this.#hasPassed = true;
        onPassed();
      });
    }, ms);
  }

  get hasPassed(): boolean {
    return this.#hasPassed;
  }

  /** The timer is given back; it passes no more. */
  stop(): void {
    clearTimeout(this.#timer);
    if (this.#turn !== undefined) clearImmediate(this.#turn);
  }
}
