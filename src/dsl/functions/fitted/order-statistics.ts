/**
 * Values by their rank, found by counting in passes: no value is kept. The 64 bits of a double, turned so that they
 * are ordered as the numbers are, are looked at a digit at a time, from the top. Each pass counts the next digit of
 * those values whose upper digits are those of a wanted rank. Neither order nor repeats of rows matter.
 */

/** How a half of the 64 bits is cut into digits: few large ones where few ranks are wanted, as the memory allows. */
const cuts: readonly (readonly number[])[] = [
  [16, 16],
  [11, 11, 10],
  [8, 8, 8, 8],
  [4, 4, 4, 4, 4, 4, 4, 4],
];

/** How many counters all searches at the same time may have: 32 MB. More where even the smallest digits come to more. */
const maxCounters = 2 ** 22;

/** The sign's bit in the upper half. */
const sign = 2 ** 31;

const view = new DataView(new ArrayBuffer(8));

/** The ranks of which values are wanted, from how many values there are; ranks count from 0. */
export type Ranks = (count: number) => readonly number[];

interface Wanted {
  readonly rank: number;
  /** Where the value's upper digits are these, as one number; in the lower half the upper one is its number of `#halves`. */
  prefix: number;
  /** How many values with those digits lie below it. */
  below: number;
  high: number;
  low: number;
}

/** What a pass looks at: the digit of `width` bits, `right` bits above the end of its half. */
interface Place {
  readonly inHigh: boolean;
  readonly right: number;
  readonly width: number;
}

/** One search; see the file's head. Feed all values `passes` times. */
export class OrderStatistics {
  readonly passes: number;
  /** How many values there are; known after the first pass. */
  count = 0;
  readonly #places: readonly Place[];
  readonly #ranks: Ranks;
  #wanted: readonly Wanted[] = [];
  /** Counters of the next digit, by the digits above it. */
  #counters: Map<number, Float64Array> = new Map<number, Float64Array>();
  /** The upper halves of wanted values by number, as soon as they are known: with them, prefixes are small enough to be exact. */
  readonly #halves: Map<number, number> = new Map<number, number>();

  /** `atMost` is how many ranks there can be, `searches` how many searches go on at the same time. */
  constructor(ranks: Ranks, atMost: number, searches: number) {
    const fitting = cuts.find(([width = 0]) => atMost * searches * 2 ** width <= maxCounters);
    this.#places = placesOf(fitting ?? cuts.at(-1) ?? []);
    this.passes = this.#places.length;
    this.#ranks = ranks;
    this.#count([0], 0);
  }

  /** One value, neither NaN nor -0. */
  add(x: number, pass: number): void {
    if (pass === 0) this.count++;
    view.setFloat64(0, x);
    let high = view.getUint32(0);
    let low = view.getUint32(4);
    if (high >= sign) {
      high = ~high >>> 0;
      low = ~low >>> 0;
    } else high += sign;
    const { inHigh, right, width } = this.#places[pass] as Place;
    const digits = (inHigh ? high : low) >>> right;
    const above = width === 32 - right ? 0 : digits >>> width;
    const prefix = inHigh ? above : (this.#halves.get(high) ?? -1) * 2 ** (32 - right - width) + above;
    const counters = this.#counters.get(prefix);
    if (counters !== undefined) {
      const digit = digits & (2 ** width - 1);
      counters[digit] = (counters[digit] ?? 0) + 1;
    }
  }

  /** After each pass. */
  endPass(pass: number): void {
    if (pass === 0) {
      this.#wanted = this.#ranks(this.count).map((rank) => ({ rank, prefix: 0, below: 0, high: 0, low: 0 }));
    }
    const { inHigh, right, width } = this.#places[pass] as Place;
    const base = 2 ** width;
    for (const wanted of this.#wanted) {
      const counters = this.#counters.get(wanted.prefix) ?? new Float64Array(base);
      let digit = 0;
      while (digit < base - 1 && wanted.below + (counters[digit] ?? 0) <= wanted.rank) {
        wanted.below += counters[digit] ?? 0;
        digit++;
      }
      if (inHigh) wanted.high = wanted.high * base + digit;
      else wanted.low = wanted.low * base + digit;
      wanted.prefix = wanted.prefix * base + digit;
      if (!inHigh || right > 0) continue;
      const half = this.#halves.get(wanted.high) ?? this.#halves.size;
      this.#halves.set(wanted.high, half);
      wanted.prefix = half;
    }
    this.#count(
      this.#wanted.map(({ prefix }) => prefix),
      pass + 1,
    );
  }

  /** Sets the counters of a pass to 0. */
  #count(prefixes: readonly number[], pass: number): void {
    this.#counters = new Map();
    const place = this.#places[pass];
    if (place === undefined) return;
    for (const prefix of prefixes) {
      if (!this.#counters.has(prefix)) this.#counters.set(prefix, new Float64Array(2 ** place.width));
    }
  }

  /** The value of a wanted rank, after the last pass; NaN of another one. */
  value(rank: number): number {
    const wanted = this.#wanted.find((one) => one.rank === rank);
    if (wanted === undefined) return Number.NaN;
    const { high, low } = wanted;
    view.setUint32(0, high < sign ? ~high >>> 0 : high - sign);
    view.setUint32(4, high < sign ? ~low >>> 0 : low);
    return view.getFloat64(0);
  }
}

function placesOf(widths: readonly number[]): readonly Place[] {
  const places: Place[] = [];
  for (const inHigh of [true, false]) {
    let right = 32;
    for (const width of widths) {
      right -= width;
      places.push({ inHigh, right, width });
    }
  }
  return places;
}
