import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashInt, hashText } from "../../../src/dsl/functions/murmur3.ts";

const mask = 0xffffffffn;

/** The published algorithm over bytes in memory, in unbounded numbers. */
function murmur3(bytes: Uint8Array, seed: number): number {
  const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (32n - by))) & mask;
  const scramble = (k: bigint): bigint => (rotate((k * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
  let h = BigInt(seed);
  const whole = bytes.length - (bytes.length % 4);
  const little = (from: number, to: number): bigint =>
    bytes.slice(from, to).reduce((sum, byte, i) => sum + (BigInt(byte) << BigInt(8 * i)), 0n);
  for (let i = 0; i < whole; i += 4) h = (rotate(h ^ scramble(little(i, i + 4)), 13n) * 5n + 0xe6546b64n) & mask;
  h ^= scramble(little(whole, bytes.length));
  h ^= BigInt(bytes.length);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & mask;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & mask;
  return Number(h ^ (h >> 16n));
}

const seeds = fc.oneof(fc.constant(0), fc.nat(), fc.integer({ min: 2 ** 31, max: 2 ** 32 - 1 }));

describe("MurmurHash3", () => {
  it("gives the published values", () => {
    expect(hashText("", 0)).toBe(0);
    expect(hashText("", 1)).toBe(0x514e28b7);
    expect(hashText("test", 0)).toBe(0xba6bd213);
    expect(hashText("Hello, world!", 0)).toBe(0xc0363e43);
    expect(hashText("The quick brown fox jumps over the lazy dog", 0)).toBe(0x2e4ff723);
  });

  it("hashes the UTF-8 bytes of any text", () => {
    const texts = fc.string({
      unit: fc.constantFrom("a", "z", "\0", "ß", "€", "\uffff", "\u{10ffff}", "😀", "\u07ff"),
    });
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: "binary" })), seeds, (text, seed) => {
        fc.pre(text.isWellFormed());
        expect(hashText(text, seed)).toBe(murmur3(new TextEncoder().encode(text), seed));
      }),
      { numRuns: 5000 },
    );
  });

  it("hashes the 8 bytes of any whole number, safe or not", () => {
    const edges = fc.constantFrom(
      0n,
      -1n,
      2n ** 31n,
      2n ** 32n,
      -(2n ** 32n),
      2n ** 53n - 1n,
      1n - 2n ** 53n,
      -(2n ** 63n),
    );
    fc.assert(
      fc.property(fc.oneof(edges, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), seeds, (value, seed) => {
        const bytes = new Uint8Array(new BigInt64Array([value]).buffer);
        expect(hashInt(value, seed)).toBe(murmur3(bytes, seed));
        if (Number.isSafeInteger(Number(value))) expect(hashInt(Number(value), seed)).toBe(murmur3(bytes, seed));
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), seeds, (value, seed) => {
        expect(hashInt(value, seed)).toBe(murmur3(new Uint8Array(new BigInt64Array([BigInt(value)]).buffer), seed));
      }),
      { numRuns: 5000 },
    );
  });
});
