const limbBits = 32;
const limbBase = 2 ** limbBits;
/** Limbs from 2^-1074 to beyond the largest double, and room for sums of many. */
const limbCount = 68;
/** 2^0 to 2^31. */
const powers: Float64Array = new Float64Array(limbBits).map((_, i) => 2 ** i);
/** Each addition moves a limb by less than 2^34: so many stay exact before limbs are carried. */
const addsBetweenCarries = 2 ** 18;

/**
 * The exact sum of any finite doubles, rounded once, over their whole range: metrics add terms of any size (squares of
 * 1e150, losses of 1e-16) and must not depend on the order of rows. Wider and slower than `ExactSum` of core, which
 * rounds its inputs to 2^-62 and is what stored aggregates use.
 */
export class WideSum {
  readonly #limbs = new Float64Array(limbCount);
  readonly #double = new Float64Array(1);
  readonly #words = new Uint32Array(this.#double.buffer);
  #adds = 0;
  #overflowed = false;

  /** Adds a double; an infinity or NaN makes the value an infinity, as where a term overflowed. */
  add(x: number): void {
    this.#double[0] = x;
    const high = this.#words[1] ?? 0;
    const exponent = (high >>> 20) & 0x7ff;
    if (exponent === 0x7ff) {
      this.#overflowed = true;
      return;
    }
    const position = exponent === 0 ? 0 : exponent - 1;
    const scale = powers[position & (limbBits - 1)] ?? 1;
    const sign = high >>> 31 === 0 ? 1 : -1;
    // The 53 bits of x, shifted by up to 31, lie in three limbs.
    const lower = (this.#words[0] ?? 0) * scale;
    const upper = ((high & 0xfffff) + (exponent === 0 ? 0 : 0x100000)) * scale;
    const lowerOver = Math.floor(lower / limbBase);
    const upperOver = Math.floor(upper / limbBase);
    const at = position >>> 5;
    const limbs = this.#limbs;
    limbs[at] = (limbs[at] ?? 0) + sign * (lower - lowerOver * limbBase);
    limbs[at + 1] = (limbs[at + 1] ?? 0) + sign * (lowerOver + upper - upperOver * limbBase);
    limbs[at + 2] = (limbs[at + 2] ?? 0) + sign * upperOver;
    if (++this.#adds === addsBetweenCarries) this.#carry();
  }

  /** The double nearest to the sum, ties to even; never -0. */
  value(): number {
    if (this.#overflowed) return Infinity;
    let total = 0n;
    for (let i = limbCount - 1; i >= 0; i--) total = (total << BigInt(limbBits)) + BigInt(this.#limbs[i] ?? 0);
    const size = total < 0n ? -total : total;
    const value = nearest(size);
    return total < 0n ? -value : value;
  }

  #carry(): void {
    const limbs = this.#limbs;
    for (let i = 0; i < limbCount - 1; i++) {
      const digit = limbs[i] ?? 0;
      const over = Math.floor(digit / limbBase);
      limbs[i] = digit - over * limbBase;
      limbs[i + 1] = (limbs[i + 1] ?? 0) + over;
    }
    this.#adds = 0;
  }
}

/** The double nearest to size * 2^-1074. */
function nearest(size: bigint): number {
  const bits = size.toString(16).length * 4;
  // Below 2^52 the result is subnormal and exact; from there on it is normal and scaling by 2^-1074 rounds nothing.
  if (bits <= 1000) return Number(size) * 2 ** -1074;
  const shift = BigInt(bits - 64);
  const cut = size >> shift;
  const sticky = cut << shift === size ? 0n : 1n;
  return Number(cut | sticky) * 2 ** (bits - 64 - 1074);
}
