/** Times of events, each counted as often as it was: percentiles of them to a hundredth of their size. */
export class Delays {
  readonly #counts: Map<number, number> = new Map<number, number>();
  #events = 0;
  #sum = 0;
  #most = 0;

  /** Counts so many events that took so long. */
  add(ms: number, events: number): void {
    const bucket = ms <= least ? 0 : Math.round(Math.log(ms / least) / step);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + events);
    this.#events += events;
    this.#sum += ms * events;
    this.#most = Math.max(this.#most, ms);
  }

  get mean(): number {
    return this.#sum / this.#events;
  }

  get most(): number {
    return this.#most;
  }

  /** The time within which this share of the events was done. */
  at(share: number): number {
    let left = share * this.#events;
    for (const [bucket, events] of [...this.#counts].sort(([one], [other]) => one - other)) {
      left -= events;
      if (left <= 0) return Math.min(this.#most, least * Math.exp(bucket * step));
    }
    return this.#most;
  }
}

const least = 0.001;
const step = 0.01;
