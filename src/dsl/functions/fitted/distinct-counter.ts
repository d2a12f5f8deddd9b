import { TondoError } from "../../../core/index.ts";
import { order } from "../aggregates/extreme.ts";
import type { RawScalar } from "../scalar-function.ts";

/** Counts how often each different value came; missing ones are passed over. */
export class DistinctCounter {
  readonly #counts: Map<NonNullable<RawScalar>, number> = new Map<NonNullable<RawScalar>, number>();
  readonly #limit: number;

  /** `limit` is how many different values there may be. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * @throws TondoError `LIMIT_EXCEEDED`
   */
  add(x: RawScalar): void {
    if (x === null || x !== x) return;
    const count = this.#counts.get(x);
    if (count === undefined && this.#counts.size >= this.#limit) {
      throw new TondoError("LIMIT_EXCEEDED", `there are more than ${String(this.#limit)} different values to count`, {
        hint: "Group the values first, with lower, a part of the text or hash, say; or allow more with maxDistinct.",
      });
    }
    this.#counts.set(x, (count ?? 0) + 1);
  }

  /** The `k` most frequent; of equally frequent ones the smaller first, texts by code point. */
  top(k: number): readonly NonNullable<RawScalar>[] {
    return [...this.#counts]
      .sort(([a, m], [b, n]) => n - m || order(a, b))
      .slice(0, k)
      .map(([value]) => value);
  }
}
