import type { AggregateCode, MergeStates, StateArrays } from "../aggregate.ts";
import { countBelow } from "../edges.ts";
import type { Raw } from "../scalar-function.ts";
import { stateOf } from "./held-row.ts";
import type { Slide } from "./slide.ts";

/** In the place of a state: there is one row only, and it is kept itself. */
const single = -1;

/**
 * The slide of what can be taken out again. Rows that leave at one moment are one state, which is taken out of the whole when it
 * comes: memory follows the moments at which rows leave, which are as many as a window has hops, and not the rows.
 */
export class LeavingSlide implements Slide {
  readonly state: StateArrays;
  readonly #code: AggregateCode;
  readonly #unmerge: MergeStates;
  readonly #row: { input: Raw; t: number } = { input: null, t: 0 };
  /** The moments at which some leave, ascending, from `#head` on; the place of their state; of a {@link single} row its input and time. */
  readonly #leaves: number[] = [];
  readonly #places: number[] = [];
  readonly #inputs: Raw[] = [];
  readonly #times: number[] = [];
  #head = 0;
  readonly #free: number[] = [];
  /** States by place, in arrays that grow. */
  #states: StateArrays;
  #made = 0;

  constructor(code: AggregateCode) {
    if (code.unmerge === undefined) throw new Error("the aggregate's state cannot be taken out again");
    this.#code = code;
    this.#unmerge = code.unmerge;
    this.state = stateOf(code);
    this.#states = { numbers: new Float64Array(code.shape.numbers * 8), values: [] };
    code.empty(this.state, 0, 0);
  }

  clear(): void {
    if (this.#leaves.length === 0) return;
    this.#code.empty(this.state, 0, 0);
    for (let i = this.#head; i < this.#places.length; i++) {
      const place = this.#places[i] ?? single;
      if (place !== single) this.#free.push(place);
    }
    this.#drop(this.#leaves.length);
  }

  enter(input: Raw, t: number, leave: number): void {
    const row = this.#rowOf(input, t);
    this.#code.update(this.state, 0, 0, row);
    const end = this.#leaves.length;
    const newest = end > this.#head ? (this.#leaves[end - 1] ?? 0) : -Infinity;
    if (leave > newest) {
      this.#leaves.push(leave);
      this.#places.push(single);
      this.#inputs.push(input);
      this.#times.push(t);
      return;
    }
    const at = leave === newest ? end - 1 : countBelow(this.#leaves, leave, this.#head);
    if (this.#leaves[at] === leave) {
      this.#join(at, input, t);
      return;
    }
    this.#leaves.splice(at, 0, leave);
    this.#places.splice(at, 0, single);
    this.#inputs.splice(at, 0, input);
    this.#times.splice(at, 0, t);
  }

  settle(q: number): void {
    while (this.#head < this.#leaves.length && (this.#leaves[this.#head] ?? 0) <= q) this.#takeOut(this.#head++);
    if (this.#head > 64 && this.#head * 2 > this.#leaves.length) this.#drop(this.#head);
  }

  #rowOf(input: Raw, t: number): { readonly input: Raw; readonly t: number } {
    this.#row.input = input;
    this.#row.t = t;
    return this.#row;
  }

  /** Takes a row into those that leave with it. */
  #join(at: number, input: Raw, t: number): void {
    const { numbers, values } = this.#code.shape;
    let place = this.#places[at] ?? single;
    if (place === single) {
      place = this.#taken();
      this.#places[at] = place;
      const first = this.#rowOf(this.#inputs[at] ?? null, this.#times[at] ?? 0);
      this.#code.update(this.#states, place * numbers, place * values, first);
    }
    this.#code.update(this.#states, place * numbers, place * values, this.#rowOf(input, t));
  }

  #takeOut(at: number): void {
    const { numbers, values } = this.#code.shape;
    let place = this.#places[at] ?? single;
    if (place === single) {
      const row = this.#rowOf(this.#inputs[at] ?? null, this.#times[at] ?? 0);
      if (this.#code.remove !== undefined) {
        this.#code.remove(this.state, 0, 0, row);
        return;
      }
      place = this.#taken();
      this.#code.update(this.#states, place * numbers, place * values, row);
    }
    this.#unmerge(this.state, 0, 0, this.#states, place * numbers, place * values);
    this.#free.push(place);
  }

  #taken(): number {
    const { numbers, values } = this.#code.shape;
    const place = this.#free.pop() ?? this.#made++;
    if ((place + 1) * numbers > this.#states.numbers.length) {
      const more = new Float64Array(this.#states.numbers.length * 2);
      more.set(this.#states.numbers);
      this.#states = { numbers: more, values: this.#states.values };
    }
    this.#code.empty(this.#states, place * numbers, place * values);
    return place;
  }

  /** Forgets the first so many. */
  #drop(count: number): void {
    for (const list of [this.#leaves, this.#places, this.#inputs, this.#times]) {
      if (count === list.length) list.length = 0;
      else list.splice(0, count);
    }
    this.#head = 0;
  }
}
