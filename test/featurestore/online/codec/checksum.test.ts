import * as fc from "fast-check";
import { expect, it, vi } from "vitest";
import { checksum, memoryFor } from "../../../../src/featurestore/online/codec/checksum.ts";
import { plainChecksum, xxh64 } from "../../../../src/featurestore/online/codec/plain-checksum.ts";

/** `xxhash.xxh64(bytes((i * 131 + n) % 256 for i in range(n)), seed=0x30102 + n)` by Python's xxhash 4.1.0, by n. */
const golden: readonly (readonly [number, bigint])[] = [
  [0, 0xcdc2cffb4ef7326en],
  [8, 0x482d7c7ad02cb3abn],
  [24, 0x5961e973421b3ad9n],
  [32, 0xca61c4a3497f02d8n],
  [40, 0x2b0c0968136b23aan],
  [128, 0xfd2d745be9fb3357n],
  [1000, 0xe08a0e5b6e8946c7n],
];

function recordOf(n: number, seed: number, byte: (i: number) => number): Uint8Array {
  const record = new Uint8Array(8 + n);
  new DataView(record.buffer).setUint32(0, seed, true);
  for (let i = 0; i < n; i++) record[8 + i] = byte(i);
  return record;
}

function sum(record: Uint8Array): number {
  new Uint8Array(memoryFor(record.length)).set(record);
  return checksum(0, record.length);
}

it.each(golden)("the checksum of %i bytes is the lower half of the XXH64 that others compute", (n, expected) => {
  const record = recordOf(n, 0x30102 + n, (i) => i * 131 + n);
  expect(xxh64(new BigUint64Array(record.buffer, 8), BigInt(0x30102 + n))).toBe(expected);
  expect(sum(record)).toBe(Number(expected & 0xffff_ffffn));
});

it("the checksum is the same in WebAssembly and without", () => {
  const records = fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 40 }), fc.nat({ max: 0xffff_ffff }));
  fc.assert(
    fc.property(records, ([bytes, words, seed]) => {
      const record = recordOf(words * 8, seed, (i) => (bytes[i % (bytes.length || 1)] ?? 7) ^ (i >> 3));
      expect(sum(record)).toBe(plainChecksum(record.buffer as ArrayBuffer, 0, record.length));
    }),
    { seed: 64, numRuns: 400 },
  );
});

it("the checksum of a record does not depend on where it lies, nor on its neighbours", () => {
  const sizes = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(sizes, fc.nat({ max: 0xffff_ffff }), (words, seed) => {
      const records = words.map((n, i) => recordOf(n * 8, (seed + i) >>> 0, (j) => j * 7 + i));
      const whole = Uint8Array.from(records.flatMap((record) => [...record]));
      const alone = records.map(sum);
      new Uint8Array(memoryFor(whole.length)).set(whole);
      let start = 0;
      for (const [i, { length }] of records.entries()) {
        expect(checksum(start, start + length)).toBe(alone[i]);
        expect(plainChecksum(whole.buffer, start, start + length)).toBe(alone[i]);
        start += length;
      }
    }),
    { seed: 65, numRuns: 200 },
  );
});

it("the memory grows to what a record takes, and what does not belong to the record counts for nothing", () => {
  const small = recordOf(64, 5, (i) => i);
  const before = sum(small);
  const large = recordOf(3_000_000, 9, (i) => i >> 4);
  const whole = sum(large);
  expect(whole).toBe(plainChecksum(large.buffer as ArrayBuffer, 0, large.length));
  expect(sum(small)).toBe(before);
  expect(memoryFor(10_000_000).byteLength).toBeGreaterThanOrEqual(10_000_000);
  expect(sum(large)).toBe(whole);
});

it("where there is no WebAssembly the checksum is the same", async () => {
  vi.stubGlobal("WebAssembly", undefined);
  vi.resetModules();
  const module = "../../../../src/featurestore/online/codec/checksum.ts";
  const { checksum: plain, memoryFor: memory } = (await import(module)) as {
    readonly checksum: typeof checksum;
    readonly memoryFor: typeof memoryFor;
  };
  vi.unstubAllGlobals();
  expect(memory).not.toBe(memoryFor);
  for (const n of [1000, 200_000]) {
    const record = recordOf(n, 77, (i) => i >> 2);
    new Uint8Array(memory(record.length)).set(record);
    expect(plain(0, record.length)).toBe(sum(record));
  }
});
