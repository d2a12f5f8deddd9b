import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addExact,
  carryExact,
  ExactSum,
  exactSumDomain,
  exactSumLimbs,
  exactValue,
  mergeExact,
  subtractExact,
  unmergeExact,
} from "../../src/core/index.ts";

const bits = new BigUint64Array(1);
const float = new Float64Array(bits.buffer);

/** The integer nearest to x * 2^62, ties to even, from the bits of x. */
function quantum(x: number): bigint {
  float[0] = x;
  const raw = bits[0] ?? 0n;
  const exponent = Number((raw >> 52n) & 0x7ffn);
  const mantissa = (raw & ((1n << 52n) - 1n)) | (exponent === 0 ? 0n : 1n << 52n);
  const shift = (exponent === 0 ? 1 : exponent) - 1075 + 62;
  const sign = raw >> 63n ? -1n : 1n;
  if (shift >= 0) return sign * (mantissa << BigInt(shift));
  const by = BigInt(-shift);
  const floor = mantissa >> by;
  const rest = mantissa - (floor << by);
  const half = 1n << (by - 1n);
  return sign * (rest > half || (rest === half && floor % 2n === 1n) ? floor + 1n : floor);
}

/** Number(bigint) rounds to nearest, ties to even; scaling by a power of two is exact. */
function reference(xs: readonly number[]): number {
  return Number(xs.reduce((sum, x) => sum + quantum(x), 0n)) * 2 ** -62;
}

const below = exactSumDomain * (1 - 2 ** -53);
const edges = [
  [0, -0, 5e-324, -5e-324, 2 ** -62, 2 ** -63, -(2 ** -63), 3 * 2 ** -63, 2 ** -64, 1.5, 2.5, -0.5, below, -below],
  [2 ** 53, 2 ** 53 - 1, 2 ** 52 + 0.5, 2 ** 51 + 0.5, 2 ** 31, -(2 ** 31), 2 ** 31 - 2 ** -22, 2 ** -31, 1 - 2 ** -53],
].flat();
const adversarial = fc.oneof(
  fc.double({ min: -below, max: below, noNaN: true }),
  fc.constantFrom(...edges),
  fc.integer({ min: -2001, max: 2001 }).map((n) => (n + 0.5) * 2 ** -62),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 }).map((n) => n + 0.5),
  fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -80, max: 61 })).map(([m, e]) => m * 2 ** e),
);
const list = fc.array(adversarial, { maxLength: 60 });

function sumOf(xs: readonly number[]): ExactSum {
  const sum = new ExactSum();
  for (const x of xs) sum.add(x);
  return sum;
}

describe("an exact sum", () => {
  it("is the exact total rounded once, whatever the inputs", () => {
    fc.assert(
      fc.property(list, (xs) => {
        expect(sumOf(xs).value()).toBe(reference(xs) + 0);
      }),
      { numRuns: 5000 },
    );
  });

  it("does not depend on order, nor on how it was merged", () => {
    fc.assert(
      fc.property(list, fc.nat(60), fc.infiniteStream(fc.double({ noNaN: true })), (xs, cut, keys) => {
        const shuffled = xs
          .map((x) => ({ x, key: keys.next().value as number }))
          .sort((p, q) => p.key - q.key)
          .map(({ x }) => x);
        const merged = sumOf(shuffled.slice(0, cut));
        merged.merge(sumOf(shuffled.slice(cut)));
        expect(merged.limbs).toStrictEqual(sumOf(xs).limbs);
        expect(merged.value()).toBe(sumOf(xs).value());
        expect(merged.count).toBe(xs.length);
      }),
      { numRuns: 2000 },
    );
  });

  it("forgets what is subtracted, to the bit", () => {
    fc.assert(
      fc.property(list, list, (kept, taken) => {
        const sum = sumOf([...taken, ...kept]);
        for (const x of taken) sum.subtract(x);
        expect(sum.limbs).toStrictEqual(sumOf(kept).limbs);
        expect(sum.count).toBe(kept.length);
        for (const x of kept) sum.subtract(x);
        expect(sum.limbs).toStrictEqual(new Float64Array(exactSumLimbs));
        expect(sum.value()).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it("is missing while an input beyond the domain is in it", () => {
    for (const x of [2 ** 62, -(2 ** 62), NaN, Infinity, -Infinity, Number.MAX_VALUE]) {
      const sum = sumOf([1, x, 2]);
      expect([sum.value(), sum.bad, sum.count]).toStrictEqual([null, 1, 2]);
      sum.subtract(x);
      expect([sum.value(), sum.bad]).toStrictEqual([3, 0]);
    }
    expect(sumOf([below, -below, 1]).value()).toBe(1);
  });

  it("never yields -0", () => {
    for (const xs of [[], [-0], [-0, -0], [1, -1], [-5e-324], [-(2 ** -63)]]) expect(sumOf(xs).value()).toBe(0);
  });

  it("stays exact over millions of inputs at the edge, in one state or many, and is missing beyond 2^84", () => {
    const state = new Float64Array(3 * exactSumLimbs);
    const n = 2 ** 22 - 1;
    const odd = 2 ** 61 - 2 ** 8;
    const low = 2 ** 31 - 2 ** -22;
    for (let i = 0; i < n; i++) {
      addExact(state, 4, below);
      addExact(state, 8, i % 2 === 0 ? -odd : -low);
    }
    expect(exactValue(state, 4)).toBe(Number(BigInt(n) * quantum(below)) * 2 ** -62);
    const both = BigInt((n + 1) / 2) * quantum(odd) + BigInt((n - 1) / 2) * quantum(low);
    expect(exactValue(state, 8)).toBe(-(Number(both) * 2 ** -62));
    expect([...state.subarray(0, 4)]).toStrictEqual([0, 0, 0, 0]);
    for (let i = 0; i < 10; i++) addExact(state, 4, below);
    expect(exactValue(state, 4)).toBeNull();
  });

  it("stays exact where states are merged that grow beyond what digits hold uncarried", () => {
    const state = new Float64Array(2 * exactSumLimbs);
    const x = 2 ** 31 - 2 ** -22;
    addExact(state, 0, x);
    addExact(state, 4, -x);
    addExact(state, 4, 2 ** -30);
    let times = 1n;
    for (let i = 0; i < 30; i++) {
      const once = state.slice();
      for (const offset of [0, 4, 0, 4]) mergeExact(state, offset, once, offset);
      times *= 3n;
    }
    mergeExact(state, 0, state.slice(), 4);
    expect(exactValue(state, 0)).toBe(Number(times * quantum(2 ** -30)) * 2 ** -62);
  });

  it("keeps many sums in one array", () => {
    const state = new Float64Array(2 * exactSumLimbs);
    const other = new Float64Array(exactSumLimbs + 1);
    addExact(state, 4, 1e16);
    addExact(state, 4, 0.1);
    addExact(other, 1, -1e16);
    const before = other.slice();
    mergeExact(state, 4, other, 1);
    expect(other).toStrictEqual(before);
    expect(exactValue(state, 4)).toBe(0.1);
    unmergeExact(state, 4, other, 1);
    subtractExact(state, 4, 1e16);
    carryExact(state, 4);
    expect(exactValue(state, 4)).toBe(0.1);
    expect(exactValue(state, 0)).toBe(0);
  });

  it("survives being stored", () => {
    const sum = sumOf([0.1, 0.2, -1e18]);
    const copy = new ExactSum();
    copy.limbs = sum.limbs;
    copy.add(1e18);
    expect(copy.value()).toBe(reference([0.1, 0.2]));
  });
});
