/**
 * HyperLogLog with 2^12 registers of 64-bit hashes. A register is found by the first 12 bits of a hash and holds the largest place
 * of the first one among the other 52. Standard error 1.04 / sqrt(2^12), 1.6 %. The estimator is that of O. Ertl, "New
 * cardinality estimation algorithms for HyperLogLog sketches" (2017), which needs no correction for few or many values.
 */
export const registers = 4096;
/** Bits of a hash behind those that choose the register. */
const bits = 52;

/** A hash as 16 hexadecimal digits to its register and what that is told. */
export function registerOf(hash: string): { readonly register: number; readonly rank: number } {
  const rest = Number.parseInt(hash.slice(3, 16), 16);
  return { register: Number.parseInt(hash.slice(0, 3), 16), rank: rest === 0 ? bits + 1 : bits - floorLog2(rest) };
}

function floorLog2(x: number): number {
  return x >= 2 ** 32 ? 63 - Math.clz32(x / 2 ** 32) : 31 - Math.clz32(x);
}

/** The estimate of how many different hashes made these registers, by register; those that are absent are 0. */
export function estimate(ranks: ReadonlyMap<number, number>): number {
  const counts = new Array<number>(bits + 2).fill(0);
  counts[0] = registers - ranks.size;
  for (const rank of ranks.values()) counts[rank] = (counts[rank] ?? 0) + 1;
  let z = registers * tau(1 - (counts[bits + 1] ?? 0) / registers);
  for (let k = bits; k >= 1; k--) z = 0.5 * (z + (counts[k] ?? 0));
  z += registers * sigma(counts[0] / registers);
  // 1 / (2 ln 2), written out: no logarithm is taken that could differ between machines.
  return (0.7213475204444817 * registers * registers) / z;
}

function sigma(x: number): number {
  if (x === 1) return Infinity;
  let square = x;
  let factor = 1;
  let z = x;
  for (;;) {
    square *= square;
    const next = z + square * factor;
    if (next === z) return z;
    z = next;
    factor += factor;
  }
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let root = x;
  let factor = 1;
  let z = 1 - x;
  for (;;) {
    root = Math.sqrt(root);
    factor *= 0.5;
    const next = z - (1 - root) * (1 - root) * factor;
    if (next === z) return z / 3;
    z = next;
  }
}
