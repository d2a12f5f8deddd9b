import type { Value } from "../../core/index.ts";
import type { TopValue } from "./feature-statistics.ts";

/** The most frequent of values that come in order; of equally frequent ones the first. */
export class TopValues {
  readonly #limit: number;
  readonly #top: { value: Value; count: number }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(value: Value, count: number): void {
    if (count === 0 || this.#limit === 0) return;
    const least = this.#top.at(-1);
    if (this.#top.length === this.#limit && least !== undefined && count <= least.count) return;
    let at = this.#top.length;
    while (at > 0 && (this.#top[at - 1]?.count ?? 0) < count) at--;
    this.#top.splice(at, 0, { value, count });
    if (this.#top.length > this.#limit) this.#top.pop();
  }

  values(): readonly TopValue[] {
    return this.#top;
  }
}
