/** What happens when, in the order of time, and at one time in the order in which it was put down (a binary heap). */
export class Agenda {
  readonly #entries: { readonly at: number; readonly turn: number; readonly act: () => void }[] = [];
  #turns = 0;
  #now = 0;

  /** The time of what happens now. */
  get now(): number {
    return this.#now;
  }

  /** Has something happen at a time, or now where that is past. */
  at(time: number, act: () => void): void {
    const entries = this.#entries;
    entries.push({ at: Math.max(time, this.#now), turn: this.#turns++, act });
    for (let i = entries.length - 1; i > 0;) {
      const above = (i - 1) >> 1;
      if (!this.#isBefore(i, above)) break;
      this.#swap(i, above);
      i = above;
    }
  }

  /** Lets all happen that is before a time. */
  runUntil(end: number): void {
    for (;;) {
      const [first] = this.#entries;
      if (first === undefined || first.at >= end) break;
      this.#swap(0, this.#entries.length - 1);
      this.#entries.pop();
      this.#sink();
      this.#now = first.at;
      first.act();
    }
    this.#now = end;
  }

  #sink(): void {
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let least = i;
      if (left < this.#entries.length && this.#isBefore(left, least)) least = left;
      if (right < this.#entries.length && this.#isBefore(right, least)) least = right;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#entries[one], this.#entries[other]];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.turn < b.turn);
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#entries[one], this.#entries[other]];
    if (a === undefined || b === undefined) return;
    this.#entries[one] = b;
    this.#entries[other] = a;
  }
}
