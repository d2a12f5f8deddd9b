import type { AggregateCode, Beats, StateArrays } from "../aggregate.ts";
import type { Raw } from "../scalar-function.ts";
import { type HeldRow, stateOf } from "./held-row.ts";
import type { Slide } from "./slide.ts";

/**
 * The slide of what keeps the best row. Held are the rows that no other one beats and outlives: each leaves later than the one before
 * and is worse, so that the first one is the best. For rows that leave in the order in which they come this is the monotonic
 * queue of sliding minima.
 */
export class BestSlide implements Slide {
  readonly state: StateArrays;
  readonly #code: AggregateCode;
  readonly #beats: Beats;
  readonly #row: { input: Raw; t: number } = { input: null, t: 0 };
  #entries: HeldRow[] = [];
  #head = 0;
  /** The one that the state is of. */
  #shown: HeldRow | undefined;

  constructor(code: AggregateCode, beats: Beats) {
    this.#code = code;
    this.#beats = beats;
    this.state = stateOf(code);
    code.empty(this.state, 0, 0);
  }

  clear(): void {
    if (this.#entries.length === 0) return;
    this.#entries.length = 0;
    this.#head = 0;
    if (this.#shown !== undefined) this.#code.empty(this.state, 0, 0);
    this.#shown = undefined;
  }

  enter(input: Raw, t: number, leave: number): void {
    const entries = this.#entries;
    // Where it belongs: behind all that leave no later.
    const at = this.#behind(leave);
    const next = entries[at];
    if (next !== undefined && !this.#beats(input, t, next.input, next.t)) return;
    let from = at;
    while (from > this.#head) {
      const other = entries[from - 1];
      if (other === undefined || !this.#beats(input, t, other.input, other.t)) break;
      from--;
    }
    // One that is better and leaves at the same moment outlives it.
    if (from === at && from > this.#head && entries[from - 1]?.leave === leave) return;
    const entry = { input, t, leave };
    if (from === entries.length) entries.push(entry);
    else if (at === entries.length) {
      entries.length = from;
      entries.push(entry);
    } else entries.splice(from, at - from, entry);
  }

  #behind(leave: number): number {
    let low = this.#head;
    let high = this.#entries.length;
    if (high === low || (this.#entries[high - 1]?.leave ?? 0) <= leave) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.leave ?? 0) <= leave) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  settle(q: number): void {
    while (this.#head < this.#entries.length && (this.#entries[this.#head]?.leave ?? 0) <= q) this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    const best = this.#entries[this.#head];
    if (best === this.#shown) return;
    this.#shown = best;
    this.#code.empty(this.state, 0, 0);
    if (best === undefined) return;
    this.#row.input = best.input;
    this.#row.t = best.t;
    this.#code.update(this.state, 0, 0, this.#row);
  }
}
