import { toUnits } from "./exact-sum.ts";

/**
 * The sample variance that the time contract promises: each value rounded to a multiple of 2^-62, the rest exact, and one
 * rounding to the nearest double. Missing of fewer than two values, and where one is 2^62 or larger in size.
 */
export function exactVariance(values: readonly number[]): number | null {
  if (values.length < 2 || values.some((value) => Math.abs(value) >= 2 ** 62)) return null;
  const units = values.map(toUnits);
  const n = BigInt(units.length);
  const total = units.reduce((sum, one) => sum + one, 0n);
  // The sum of (x - mean)^2 is that of (n x - total)^2 / n^2.
  const spread = units.reduce((sum, one) => sum + (n * one - total) ** 2n, 0n);
  return nearest(spread, n * n * (n - 1n) * 2n ** 124n);
}

/** The double nearest to a fraction that is not negative, of two the even one: found by halving. */
function nearest(top: bigint, bottom: bigint): number {
  const bits = new DataView(new ArrayBuffer(8));
  const double = (i: bigint): number => {
    bits.setBigUint64(0, i);
    return bits.getFloat64(0);
  };
  // Doubles that are not negative stand in the order of their bits.
  let low = 0n;
  let high = 0x7fe0000000000000n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (compare(double(middle), top, bottom) <= 0) low = middle;
    else high = middle;
  }
  const [below, above] = [double(low), double(high)];
  // Against the middle of the two: 2 top / bottom - below - above.
  const side = compareSum(below, above, 2n * top, bottom);
  if (side !== 0) return side > 0 ? below : above;
  return low % 2n === 0n ? below : above;
}

/** The sign of x - top / bottom. */
function compare(x: number, top: bigint, bottom: bigint): number {
  return compareSum(x, 0, top, bottom);
}

/** The sign of x + y - top / bottom. */
function compareSum(x: number, y: number, top: bigint, bottom: bigint): number {
  const difference = (whole(x) + whole(y)) * bottom - top * 2n ** 1074n;
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

/** A finite double that is not negative in units of the smallest one, 2^-1074. */
function whole(x: number): bigint {
  let unit = 0;
  let rest = x;
  while (!Number.isInteger(rest)) {
    rest *= 2;
    unit++;
  }
  return BigInt(rest) * 2n ** BigInt(1074 - unit);
}
