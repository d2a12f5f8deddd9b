/**
 * Sums of doubles that do not depend on order, merging or batch size. Each input is rounded to a multiple of 2^-62
 * (ties to even); the multiples are added exactly as integers; the total is rounded to a double once.
 *
 * The integer Q of a total Q * 2^-62 is held as four float64 digits in base 2^31, most significant first:
 * Q = a * 2^93 + b * 2^62 + c * 2^31 + d. Digits are signed and may run over until they are carried; every function
 * here keeps `b`, `c` and `d` within ±2^52, so callers have nothing to carry themselves. `a` is exact while the
 * running total stays within ±2^84, which takes at least four million inputs next to the edge of the domain.
 *
 * In the array form a state is four numbers at an offset of a `Float64Array`, all zero when empty; the caller keeps
 * how many inputs it holds and how many were refused.
 */

/** How many numbers a state of the array form takes. */
export const exactSumLimbs = 4;

/** Inputs lie strictly between minus this and this: 2^62. */
export const exactSumDomain: number = 2 ** 62;

const base = 2 ** 31;
const perBase = 2 ** -31;
const unit = 2 ** -62;
const roomy = 2 ** 52;

/** While the lower three digits of a total lie within ± this, a state can be added to it digit by digit; beyond it is to be carried first. */
export const exactSumRoom: number = roomy - base;
/** Adding and taking away 1.5 * 2^52 leaves the nearest integer, ties to even, for anything below 2^51. */
const rounder = 1.5 * 2 ** 52;

/** Whether a sum can take this input; NaN, infinities and what lies at or beyond ±2^62 make a sum missing. */
export function inExactDomain(x: number): boolean {
  return x < exactSumDomain && x > -exactSumDomain;
}

/** Adds `x`, which must be {@link inExactDomain}, to the state at `offset`. */
export function addExact(state: Float64Array, offset: number, x: number): void {
  const first = Math.trunc(x * perBase);
  let rest = x - first * base;
  const second = Math.trunc(rest);
  rest = (rest - second) * base;
  const third = Math.trunc(rest);
  rest = (rest - third) * base;
  const b = (state[offset + 1] ?? 0) + second;
  const c = (state[offset + 2] ?? 0) + third;
  const d = (state[offset + 3] ?? 0) + (rest + rounder - rounder);
  state[offset] = (state[offset] ?? 0) + first;
  state[offset + 1] = b;
  state[offset + 2] = c;
  state[offset + 3] = d;
  if (Math.abs(b) > roomy - base || Math.abs(c) > roomy - base || Math.abs(d) > roomy - base) carryExact(state, offset);
}

/** Takes away `x`, which was added before (by this or by a merged state): exactly undoes {@link addExact}. */
export function subtractExact(state: Float64Array, offset: number, x: number): void {
  // Both digits and rounding are symmetric around zero.
  addExact(state, offset, -x);
}

/** Adds the state of `other` at `otherOffset` to the one at `offset`. `other` stays as it was. */
export function mergeExact(state: Float64Array, offset: number, other: Float64Array, otherOffset: number): void {
  const b = (state[offset + 1] ?? 0) + (other[otherOffset + 1] ?? 0);
  const c = (state[offset + 2] ?? 0) + (other[otherOffset + 2] ?? 0);
  const d = (state[offset + 3] ?? 0) + (other[otherOffset + 3] ?? 0);
  state[offset] = (state[offset] ?? 0) + (other[otherOffset] ?? 0);
  state[offset + 1] = b;
  state[offset + 2] = c;
  state[offset + 3] = d;
  // Windows merge hundreds of tiles: carrying costs more than adding, and there is room for two million of them.
  if (Math.abs(b) > roomy - base || Math.abs(c) > roomy - base || Math.abs(d) > roomy - base) carryExact(state, offset);
}

/** Takes the state of `other` at `otherOffset` away from the one at `offset`. */
export function unmergeExact(state: Float64Array, offset: number, other: Float64Array, otherOffset: number): void {
  for (let i = 0; i < exactSumLimbs; i++) {
    state[offset + i] = (state[offset + i] ?? 0) - (other[otherOffset + i] ?? 0);
  }
  carryExact(state, offset);
}

/**
 * Brings the state at `offset` into its one canonical form, `b`, `c` and `d` in [0, 2^31): equal totals are then
 * equal bytes. To be called before a state is stored or compared; totals do not need it.
 */
export function carryExact(state: Float64Array, offset: number): void {
  for (let i = offset + 3; i > offset; i--) {
    const digit = state[i] ?? 0;
    const over = Math.floor(digit / base);
    state[i] = digit - over * base;
    state[i - 1] = (state[i - 1] ?? 0) + over;
  }
}

/**
 * The double nearest to the total, ties to even; never -0. `null` where the total reached ±2^84 and is no longer
 * known exactly. The total of nothing is 0.
 */
export function exactValue(state: Float64Array, offset: number): number | null {
  let a = state[offset] ?? 0;
  let b = state[offset + 1] ?? 0;
  let c = state[offset + 2] ?? 0;
  let d = state[offset + 3] ?? 0;
  let over = Math.floor(d / base);
  d -= over * base;
  c += over;
  over = Math.floor(c / base);
  c -= over * base;
  b += over;
  over = Math.floor(b / base);
  b -= over * base;
  a += over;
  if (!(Math.abs(a) < Number.MAX_SAFE_INTEGER)) return null;
  if (a >= 0) return magnitude(a, b, c, d);
  // Negate, and carry again: of the digits below a only the lowest that is not zero turns into its complement.
  a = -a;
  if (d > 0) [b, c, d] = [-b - 1, -c - 1, base - d];
  else if (c > 0) [b, c] = [-b - 1, base - c];
  else b = -b;
  if (c < 0) c += base;
  if (b < 0) {
    b += base;
    a -= 1;
  }
  return -magnitude(a, b, c, d);
}

/** The double nearest to a * 2^31 + b + c * 2^-31 + d * 2^-62, for digits b, c, d in [0, 2^31) and a in [0, 2^53). */
function magnitude(a: number, b: number, c: number, d: number): number {
  const top = Math.floor(a / base);
  const next = a - top * base;
  if (top > 0) return rounded(top, next, b, c > 0 || d > 0);
  if (next > 0) return rounded(next, b, c, d > 0) * perBase;
  if (b > 0) return rounded(b, c, d, false) * unit;
  return (c * base + d) * unit;
}

/** The double nearest to x * 2^62 + y * 2^31 + z, digits with x > 0; `sticky` says that something lies below. */
function rounded(x: number, y: number, z: number, sticky: boolean): number {
  // 53 bits at the top, 41 at the bottom of which the last is the sticky bit: one addition rounds, and only once.
  const cut = Math.floor(y / 512);
  const high = x * 2 ** 22 + cut;
  const low = ((y - cut * 512) * base + z) * 2 + (sticky ? 1 : 0);
  return (high * 2 ** 41 + low) * 0.5;
}

/**
 * One exact sum with its counts; see the functions of this file for the form that many sums share an array in.
 *
 * @example
 * ```ts
 * const sum = new ExactSum();
 * for (const x of [1e16, 1, -1e16]) sum.add(x);
 * sum.value(); // 1
 * ```
 */
export class ExactSum {
  /** How many inputs are in the sum. */
  count = 0;
  /** How many inputs were refused: NaN, infinite, or at or beyond ±2^62. While there are any, the sum is missing. */
  bad = 0;
  readonly #state = new Float64Array(exactSumLimbs);

  add(x: number): void {
    if (inExactDomain(x)) {
      addExact(this.#state, 0, x);
      this.count++;
    } else this.bad++;
  }

  /** Takes back an input that was added before. */
  subtract(x: number): void {
    if (inExactDomain(x)) {
      subtractExact(this.#state, 0, x);
      this.count--;
    } else this.bad--;
  }

  /** Adds all that `other` holds. */
  merge(other: ExactSum): void {
    mergeExact(this.#state, 0, other.#state, 0);
    this.count += other.count;
    this.bad += other.bad;
  }

  /** The sum, rounded once; 0 for no inputs, `null` while a refused input is among them. */
  value(): number | null {
    return this.bad === 0 ? exactValue(this.#state, 0) : null;
  }

  /** The canonical state (see {@link carryExact}), for storing. */
  get limbs(): Float64Array {
    carryExact(this.#state, 0);
    return this.#state.slice();
  }

  /** Takes over a stored state; `count` and `bad` are set beside it. */
  set limbs(limbs: Float64Array) {
    this.#state.set(limbs.subarray(0, exactSumLimbs));
  }
}
