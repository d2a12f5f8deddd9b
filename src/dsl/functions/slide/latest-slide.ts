import type { AggregateCode, StateArrays } from "../aggregate.ts";
import type { Raw } from "../scalar-function.ts";
import { type HeldRow, stateOf } from "./held-row.ts";
import type { Slide } from "./slide.ts";

/** The slide of what keeps the latest rows: those that count, in the order of their times. */
export class LatestSlide implements Slide {
  readonly state: StateArrays;
  readonly #code: AggregateCode;
  readonly #count: number;
  readonly #row: { input: Raw; t: number } = { input: null, t: 0 };
  #entries: HeldRow[] = [];
  /** Whether entries that are later never leave earlier: then the latest ones are all that is ever asked for. */
  #inOrder = true;
  #changed = false;

  constructor(code: AggregateCode, count: number) {
    this.#code = code;
    this.#count = count;
    this.state = stateOf(code);
    code.empty(this.state, 0, 0);
  }

  clear(): void {
    this.#entries = [];
    this.#inOrder = true;
    this.#changed = false;
    this.#code.empty(this.state, 0, 0);
  }

  enter(input: Raw, t: number, leave: number): void {
    const entries = this.#entries;
    let at = entries.length;
    while (at > 0 && (entries[at - 1]?.t ?? 0) > t) at--;
    if ((entries[at - 1]?.leave ?? leave) > leave || (entries[at]?.leave ?? leave) < leave) this.#inOrder = false;
    if (at === entries.length) entries.push({ input, t, leave });
    else entries.splice(at, 0, { input, t, leave });
    this.#changed = true;
    if (entries.length > 2 * this.#count + 64) this.#shorten();
  }

  settle(q: number): void {
    const counting = this.#counting(q);
    if (counting.length !== this.#entries.length) {
      this.#entries = counting;
      this.#changed = true;
    }
    if (!this.#changed) return;
    this.#changed = false;
    this.#code.empty(this.state, 0, 0);
    for (let i = Math.max(0, counting.length - this.#count); i < counting.length; i++) {
      const entry = counting[i];
      if (entry === undefined) continue;
      this.#row.input = entry.input;
      this.#row.t = entry.t;
      this.#code.update(this.state, 0, 0, this.#row);
    }
  }

  #counting(q: number): HeldRow[] {
    if (!this.#inOrder) return this.#entries.filter(({ leave }) => leave > q);
    let gone = 0;
    while (gone < this.#entries.length && (this.#entries[gone]?.leave ?? 0) <= q) gone++;
    return gone === 0 ? this.#entries : this.#entries.slice(gone);
  }

  #shorten(): void {
    if (this.#inOrder) this.#entries = this.#entries.slice(-this.#count);
  }
}
