import type { SlideRule, StateArrays } from "../aggregate.ts";
import { countBelow } from "../edges.ts";
import type { Raw } from "../scalar-function.ts";
import { type HeldRow, stateOf } from "./held-row.ts";
import type { Slide } from "./slide.ts";

/** How many rows are held before it is looked which of them may still be asked for. */
const leastRoom = 64;

/** The slide of what keeps the latest rows: those that count, in the order of their times. */
export class LatestSlide implements Slide {
  readonly state: StateArrays;
  readonly #rule: Extract<SlideRule, { readonly by: "latest" }>;
  #entries: HeldRow[] = [];
  /** How many may be held until they are shortened: it doubles with what stays, so that each costs little. */
  #room = leastRoom;
  /** When the first of them leaves. */
  #soonest = Infinity;
  #changed = false;

  constructor(rule: Extract<SlideRule, { readonly by: "latest" }>) {
    this.#rule = rule;
    this.state = stateOf(rule.code);
    rule.fill(this.state, []);
  }

  clear(): void {
    this.#entries = [];
    this.#room = leastRoom;
    this.#soonest = Infinity;
    this.#changed = false;
    this.#rule.fill(this.state, []);
  }

  enter(input: Raw, t: number, leave: number): void {
    const entries = this.#entries;
    let at = entries.length;
    while (at > 0 && (entries[at - 1]?.t ?? 0) > t) at--;
    if (at === entries.length) entries.push({ input, t, leave });
    else entries.splice(at, 0, { input, t, leave });
    this.#soonest = Math.min(this.#soonest, leave);
    this.#changed = true;
    if (entries.length > this.#room) this.#shorten();
  }

  settle(q: number): void {
    if (this.#soonest <= q) {
      this.#entries = this.#entries.filter(({ leave }) => leave > q);
      this.#soonest = this.#entries.reduce((soonest, { leave }) => Math.min(soonest, leave), Infinity);
      this.#changed = true;
    }
    if (!this.#changed) return;
    this.#changed = false;
    this.#rule.fill(this.state, this.#entries.slice(-this.#rule.count));
  }

  /** Gives up what can be among the latest no more: a row that as many later ones as are kept outlive. */
  #shorten(): void {
    const { count } = this.#rule;
    // The longest that later rows stay, ascending.
    const longest: number[] = [];
    const kept: HeldRow[] = [];
    for (const entry of this.#entries.reverse()) {
      if (longest.length === count && (longest[0] ?? 0) >= entry.leave) continue;
      kept.push(entry);
      longest.splice(countBelow(longest, entry.leave), 0, entry.leave);
      if (longest.length > count) longest.shift();
    }
    this.#entries = kept.reverse();
    this.#room = 2 * kept.length + leastRoom;
  }
}
