import { type Clock, type Micros, toMicros } from "../../src/index.ts";

/** A clock of another day: it goes on by itself as fast as any, and can be set ahead. Back it never goes, since what is served at a moment stays so. */
export class SimulatedClock {
  #ahead: Micros;

  constructor(from: string) {
    this.#ahead = toMicros(from, "from") - running();
  }

  readonly now: Clock = () => this.#ahead + running();

  /** Sets it to a moment, unless that is over. */
  advanceTo(moment: Micros): void {
    this.#ahead = Math.max(this.#ahead, moment - running());
  }
}

/** For how long this process has run, microseconds: a measure that nobody sets back. */
function running(): Micros {
  return Math.floor(performance.now() * 1000);
}
