import { at, intAt, type NaiveFunction, numberOption } from "./naive-function.ts";

const bits32 = 0xffff_ffffn;

function rotate(x: bigint, by: bigint): bigint {
  return ((x << by) | (x >> (32n - by))) & bits32;
}

function scramble(block: bigint): bigint {
  return (rotate((block * 0xcc9e2d51n) & bits32, 15n) * 0x1b873593n) & bits32;
}

/** MurmurHash3_x86_32 as Austin Appleby published it, in whole numbers of any size. */
export function murmur(bytes: readonly number[], seed: number): number {
  let h = BigInt(seed);
  const little = (from: number, length: number): bigint =>
    bytes.slice(from, from + length).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const blocks = Math.floor(bytes.length / 4);
  for (let i = 0; i < blocks; i++) {
    h = (rotate(h ^ scramble(little(i * 4, 4)), 13n) * 5n + 0xe6546b64n) & bits32;
  }
  if (bytes.length % 4 !== 0) h ^= scramble(little(blocks * 4, 4));
  h ^= BigInt(bytes.length);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & bits32;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & bits32;
  return Number(h ^ (h >> 16n));
}

function bytesOf(int: bigint): readonly number[] {
  const unsigned = BigInt.asUintN(64, int);
  return Array.from({ length: 8 }, (_, i) => Number((unsigned >> BigInt(8 * i)) & 255n));
}

/** `hash`. */
export const hashFunctions: Readonly<Record<string, NaiveFunction>> = {
  hash: (args, call) => {
    const x = at(args, 0);
    const bytes = typeof x === "string" ? [...new TextEncoder().encode(x)] : bytesOf(intAt(args, 0));
    return murmur(bytes, numberOption(call, "seed")) % numberOption(call, "n");
  },
};
