/** Enough digits of a quotient that one more rounding is decided by the last of them. */
const digits = 66;

/** The double nearest to `numerator / denominator * 2^exponent`, ties to even; numerator >= 0, denominator > 0. */
export function nearestRatio(numerator: bigint, denominator: bigint, exponent: number): number {
  if (numerator === 0n) return 0;
  const shift = Math.max(0, digits + bits(denominator) - bits(numerator));
  const scaled = numerator << BigInt(shift);
  const quotient = scaled / denominator;
  // The last bit says that something lies below: then one conversion rounds, and only once.
  const rest = quotient * denominator === scaled ? 0n : 1n;
  return Number((quotient << 1n) | rest) * 2 ** (exponent - shift - 1);
}

function bits(x: bigint): number {
  return x.toString(16).length * 4;
}
