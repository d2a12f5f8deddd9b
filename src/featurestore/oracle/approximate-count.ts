import { createHash } from "node:crypto";
import type { Value } from "../../core/index.ts";

const registers = 4096;

/**
 * HyperLogLog, said as in the books: the first twelve bits of a value's hash name a register, which holds the largest place
 * of the first one among the other 52. From the registers the estimate of O. Ertl (2017), algorithm 6.
 */
export function approximateCount(values: readonly Value[], areFloats: boolean): number {
  const held = new Array<number>(registers).fill(0);
  for (const value of values) {
    const bits = hashBits(textOf(value, areFloats));
    const register = Number.parseInt(bits.slice(0, 12), 2);
    const place = bits.slice(12).indexOf("1") + 1;
    held[register] = Math.max(held[register] ?? 0, place === 0 ? 53 : place);
  }
  const share = (rank: number): number => held.filter((one) => one === rank).length / registers;
  let sum = sigma(share(0));
  for (let rank = 1; rank <= 52; rank++) sum += share(rank) * 2 ** -rank;
  sum += tau(1 - share(53)) * 2 ** -52;
  return Math.round(registers / (2 * Math.log(2) * sum));
}

function textOf(value: Value, isFloat: boolean): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (!isFloat) return String(value);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(Number(value));
  return bytes.readBigInt64BE().toString();
}

function hashBits(text: string): string {
  const bytes = createHash("sha256").update(text, "utf8").digest().subarray(0, 8);
  return [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
}

/** x + the sum over k >= 1 of x^(2^k) 2^(k - 1). */
function sigma(x: number): number {
  let sum = x;
  for (let k = 1; k <= 60; k++) sum += x ** (2 ** k) * 2 ** (k - 1);
  return sum;
}

/** (1 - x - the sum over k >= 1 of (1 - x^(2^-k))^2 2^-k) / 3. */
function tau(x: number): number {
  let sum = 1 - x;
  for (let k = 1; k <= 60; k++) sum -= (1 - x ** (2 ** -k)) ** 2 * 2 ** -k;
  return sum / 3;
}
