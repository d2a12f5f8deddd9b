/**
 * The sum of floats that the time contract promises: each rounded to a multiple of 2^-62 (ties to even), added as
 * whole numbers, rounded once to the nearest double (ties to even). Missing where one is 2^62 or larger in size.
 */
export function exactSum(values: readonly number[]): number | null {
  if (values.some((value) => Math.abs(value) >= 2 ** 62)) return null;
  return fromUnits(values.map(toUnits).reduce((sum, units) => sum + units, 0n));
}

/** A finite double as a whole number of units of 2^-62, from its bits: sign, 11 bits of exponent, 52 of fraction. */
export function toUnits(value: number): bigint {
  const bits = new DataView(new Float64Array([value]).buffer).getBigUint64(0, true);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & (2n ** 52n - 1n);
  const magnitude = biased === 0 ? fraction : 2n ** 52n + fraction;
  const mantissa = bits >> 63n === 0n ? magnitude : -magnitude;
  // value = mantissa * 2^exponent
  const exponent = Math.max(biased, 1) - 1075;
  const shift = exponent + 62;
  return shift >= 0 ? mantissa * 2n ** BigInt(shift) : divideToEven(mantissa, 2n ** BigInt(-shift));
}

/** The double nearest to so many units of 2^-62; of two equally near the even one. */
export function fromUnits(units: bigint): number {
  const magnitude = units < 0n ? -units : units;
  const dropped = Math.max(0, magnitude.toString(2).length - 53);
  // At most 2^53 after rounding, so both factors and their product are exact: 2^-62 is far from subnormal.
  const value = Number(divideToEven(magnitude, 2n ** BigInt(dropped))) * 2 ** (dropped - 62);
  return units < 0n ? -value : value;
}

/** A quotient rounded to the nearest whole number, halves to the even one; the divisor is positive. */
function divideToEven(dividend: bigint, divisor: bigint): bigint {
  const remainder = ((dividend % divisor) + divisor) % divisor;
  const floor = (dividend - remainder) / divisor;
  const isUp = remainder * 2n > divisor || (remainder * 2n === divisor && floor % 2n !== 0n);
  return isUp ? floor + 1n : floor;
}
