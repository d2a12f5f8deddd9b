/** One that waits for its turn. */
interface Waiter {
  readonly since: number;
  readonly run: () => void;
  readonly refuse: (why: "timeout" | "overloaded") => void;
}

/** What a gate lets through. */
export interface GateLimits {
  /** How many may be under way. */
  readonly atOnce: number;
  /** How many may wait. */
  readonly waiting: number;
  /** How long one may wait, milliseconds. */
  readonly waitMs: number;
}

/** Lets so many requests be under way; others wait for their turn, in order, and for a bounded time. */
export class RequestGate {
  readonly #limits: GateLimits;
  readonly #now: () => number;
  #underWay = 0;
  #waiters: Waiter[] = [];
  #first = 0;

  /** @param now a clock that only goes forward, milliseconds */
  constructor(limits: GateLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Goes in at once where there is room. */
  enter(): boolean {
    if (this.#underWay >= this.#limits.atOnce) return false;
    this.#underWay++;
    return true;
  }

  /** Runs once it is its turn, as one that has entered; or is refused. */
  wait(run: Waiter["run"], refuse: Waiter["refuse"]): void {
    if (this.#waiters.length - this.#first >= this.#limits.waiting) refuse("overloaded");
    else this.#waiters.push({ since: this.#now(), run, refuse });
  }

  /** Goes out, and lets the next one in. */
  leave(): void {
    for (;;) {
      const next = this.#waiters[this.#first];
      if (next === undefined) {
        this.#underWay--;
        return;
      }
      this.#first++;
      if (this.#first === this.#waiters.length) {
        this.#waiters = [];
        this.#first = 0;
      } else if (this.#first > 1024 && this.#first * 2 > this.#waiters.length) {
        this.#waiters = this.#waiters.slice(this.#first);
        this.#first = 0;
      }
      if (this.#now() - next.since <= this.#limits.waitMs) {
        next.run();
        return;
      }
      next.refuse("timeout");
    }
  }
}
