/** Lets one holder in at a time, in the order of asking. */
export class AsyncMutex {
  readonly #waiting: (() => void)[] = [];
  #held = false;

  /** Whether somebody holds it now. */
  get held(): boolean {
    return this.#held;
  }

  /** Waits for its turn; `false` where the turn did not come within that many milliseconds. */
  async acquire(timeoutMs: number): Promise<boolean> {
    if (!this.#held) {
      this.#held = true;
      return true;
    }
    return new Promise<boolean>((resolve) => {
      const enter = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        resolve(false);
      }, timeoutMs);
      this.#waiting.push(enter);
    });
  }

  /** Hands over to whoever has waited longest. */
  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#held = false;
    else next();
  }
}
