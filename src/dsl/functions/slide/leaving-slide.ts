import type { AggregateCode, StateArrays } from "../aggregate.ts";
import type { Raw } from "../scalar-function.ts";
import type { Slide } from "./slide.ts";

/**
 * The slide of what can be taken out again. Rows that leave at one moment are one state, which is taken out of the whole when it
 * comes: memory and work follow the moments at which rows leave, which are as many as a window has hops, and not the rows.
 */
export class LeavingSlide implements Slide {
  readonly state: StateArrays;
  readonly #code: AggregateCode;
  readonly #unmerge: NonNullable<AggregateCode["unmerge"]>;
  readonly #row: { input: Raw; t: number } = { input: null, t: 0 };
  /** The moments at which some leave, ascending, from `#head` on, and the place of their state. */
  #leaves: number[] = [];
  #places: number[] = [];
  #head = 0;
  #free: number[] = [];
  /** States by place, in arrays that grow. */
  #numbers: Float64Array;
  readonly #values: unknown[] = [];
  #made = 0;

  constructor(code: AggregateCode) {
    if (code.unmerge === undefined) throw new Error("the aggregate's state cannot be taken out again");
    this.#code = code;
    this.#unmerge = code.unmerge.bind(code);
    this.state = stateOf(code);
    this.#numbers = new Float64Array(code.shape.numbers * 8);
    code.empty(this.state, 0, 0);
  }

  clear(): void {
    if (this.#places.length === 0) return;
    this.#code.empty(this.state, 0, 0);
    for (let i = this.#head; i < this.#places.length; i++) this.#free.push(this.#places[i] ?? 0);
    this.#leaves.length = 0;
    this.#places.length = 0;
    this.#head = 0;
  }

  enter(input: Raw, t: number, leave: number): void {
    this.#row.input = input;
    this.#row.t = t;
    const { numbers, values } = this.#code.shape;
    this.#code.update(this.state, 0, 0, this.#row);
    const place = this.#placeOf(leave);
    this.#code.update({ numbers: this.#numbers, values: this.#values }, place * numbers, place * values, this.#row);
  }

  settle(q: number): void {
    const { numbers, values } = this.#code.shape;
    while (this.#head < this.#leaves.length && (this.#leaves[this.#head] ?? 0) <= q) {
      const place = this.#places[this.#head++] ?? 0;
      const from = { numbers: this.#numbers, values: this.#values };
      this.#unmerge(this.state, 0, 0, from, place * numbers, place * values);
      this.#free.push(place);
    }
    if (this.#head > 1024 && this.#head * 2 > this.#leaves.length) this.#compact();
  }

  #placeOf(leave: number): number {
    const last = this.#leaves.length - 1;
    if (last >= this.#head) {
      const newest = this.#leaves[last] ?? 0;
      if (leave === newest) return this.#places[last] ?? 0;
      if (leave < newest) return this.#placeBefore(leave);
    }
    const place = this.#taken();
    this.#leaves.push(leave);
    this.#places.push(place);
    return place;
  }

  /** Of rows that come late: among those that leave later. */
  #placeBefore(leave: number): number {
    let low = this.#head;
    let high = this.#leaves.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#leaves[middle] ?? 0) < leave) low = middle + 1;
      else high = middle;
    }
    if (this.#leaves[low] === leave) return this.#places[low] ?? 0;
    const place = this.#taken();
    this.#leaves.splice(low, 0, leave);
    this.#places.splice(low, 0, place);
    return place;
  }

  #taken(): number {
    const { numbers, values } = this.#code.shape;
    const place = this.#free.pop() ?? this.#made++;
    if ((place + 1) * numbers > this.#numbers.length) {
      const more = new Float64Array(this.#numbers.length * 2);
      more.set(this.#numbers);
      this.#numbers = more;
    }
    this.#code.empty({ numbers: this.#numbers, values: this.#values }, place * numbers, place * values);
    return place;
  }

  #compact(): void {
    this.#leaves = this.#leaves.slice(this.#head);
    this.#places = this.#places.slice(this.#head);
    this.#head = 0;
  }
}

/** Room for one state. */
export function stateOf({ shape }: AggregateCode): StateArrays {
  return { numbers: new Float64Array(shape.numbers), values: new Array<unknown>(shape.values).fill(null) };
}
