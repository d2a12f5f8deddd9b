import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCodePoints, normalInt, type ScalarKind, type Value } from "../../../../src/core/index.ts";
import { encodeKey, maxKeyBytes, tryEncodeKey } from "../../../../src/featurestore/online/codec/index.ts";

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 32n, -(2n ** 32n), -(2n ** 63n), 2n ** 63n - 1n),
);
const parts: Readonly<Record<Exclude<ScalarKind, "float">, fc.Arbitrary<Value>>> = {
  bool: fc.boolean(),
  int: int64.map(normalInt),
  string: fc.oneof(
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.constantFrom("", "\0", "a", "a\0", "a\0a", "a\0\u0001", "\u0001", "\u{1F600}", "\uFF5E", "é", "e\u0301"),
  ),
  timestamp: fc.maxSafeInteger(),
  date: fc.integer(),
  duration: fc.maxSafeInteger(),
};
const kindsOfKey = fc.array(fc.constantFrom("bool", "int", "string", "timestamp", "date", "duration" as const), {
  minLength: 1,
  maxLength: 3,
});
const twoKeys = kindsOfKey.chain((kinds) => {
  const key = fc.tuple(...kinds.map((kind) => parts[kind]));
  return fc.record({ kinds: fc.constant(kinds), a: key, b: fc.oneof(key, fc.constant(null)) });
});

function compare(a: readonly Value[], b: readonly Value[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? 0;
    const order = typeof x === "string" ? compareCodePoints(x, String(y)) : Number((x ?? 0) > y) - Number((x ?? 0) < y);
    if (order !== 0) return Math.sign(order);
  }
  return 0;
}

describe("encodeKey", () => {
  it("gives equal bytes to equal keys only, ordered as the keys are, none the beginning of another", () => {
    fc.assert(
      fc.property(twoKeys, ({ kinds, a, b }) => {
        const other = b ?? a;
        const left = encodeKey(kinds, a);
        const right = encodeKey(kinds, other);
        expect(Math.sign(Buffer.compare(left, right))).toBe(compare(a, other));
        const isPrefix = left.length <= right.length && Buffer.compare(left, right.subarray(0, left.length)) === 0;
        expect(isPrefix).toBe(compare(a, other) === 0);
      }),
      { seed: 11, numRuns: 3000 },
    );
  });

  it("tells kinds apart, and takes raw truth values and bigints for what they are", () => {
    const texts = (["int", "timestamp", "date", "duration"] as const).map((kind) => String(encodeKey([kind], [1])));
    expect(new Set(texts).size).toBe(4);
    expect(encodeKey(["bool"], [1])).toEqual(encodeKey(["bool"], [true]));
    expect(encodeKey(["int"], [5n])).toEqual(encodeKey(["int"], [5]));
    expect(encodeKey(["int"], [-5n])).toEqual(encodeKey(["int"], [-5]));
    expect(encodeKey(["int"], [2n ** 53n])).not.toEqual(encodeKey(["int"], [2n ** 53n + 1n]));
  });

  it("takes keys up to the limit and refuses longer ones, whatever they are made of", () => {
    const longest = maxKeyBytes - 3;
    expect(encodeKey(["string"], ["x".repeat(longest)])).toHaveLength(maxKeyBytes);
    for (const text of ["x".repeat(longest + 1), "\0".repeat(longest), "é".repeat(longest), "x".repeat(10_000_000)]) {
      expect(tryEncodeKey(["string"], [text])).toBeUndefined();
      expect(() => encodeKey(["string"], [text])).toThrow(expect.objectContaining({ code: "KEY_INVALID" }));
    }
    const almost = "x".repeat(longest - 4);
    expect(tryEncodeKey(["string", "int"], [almost, 1])).toBeUndefined();
    expect(tryEncodeKey(["string", "string"], [almost, almost])).toBeUndefined();
  });
});
