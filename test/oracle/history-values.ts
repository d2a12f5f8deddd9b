import * as fc from "fast-check";
import type { Value } from "../../src/core/index.ts";

/** Integers at which 53 bits, 62 bits and 64 bits end, among small ones. */
export const ints: fc.Arbitrary<Value> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom<Value[]>(-3, -1, 0, 1, 2, 3, 7) },
  { weight: 2, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Value[]>(2 ** 53 - 1, -(2 ** 53 - 1), 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Value[]>(2n ** 62n, -(2n ** 62n), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n - 1n),
  },
);

/** Floats whose sums show the order of addition, halves of 2^-62 that round either way, and what enters as missing. */
export const floats: fc.Arbitrary<Value> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom<Value[]>(0.1, 0.2, 0.3, -0.1, 1, 2, -2.5, 1 / 3, 40, 1e-9, 1e15 + 0.5) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Value[]>(2 ** -62, 2 ** -63, 3 * 2 ** -63, -(2 ** -63), 5 * 2 ** -63, 2 ** -64, 5e-324),
  },
  { weight: 2, arbitrary: fc.constantFrom<Value[]>(NaN, -0, Infinity, -Infinity, 0) },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom<Value[]>(2 ** 62 - 512, -(2 ** 62 - 512), 2 ** 53, 2 ** 53 + 2, -(2 ** 53)) },
  { weight: 1, arbitrary: fc.constantFrom<Value[]>(2 ** 62, -(2 ** 62), 1e300, Number.MAX_VALUE) },
  { weight: 1, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
);

/** Strings that CSV, UTF-16 order and normalisation get wrong. */
export const strings: fc.Arbitrary<Value> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<Value[]>("a", "b", "c", "A") },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Value[]>("", " ", "\u{1F600}", "\uFF5E", "\uE000", "\u{10FFFF}", "é", "e\u0301"),
  },
  { weight: 2, arbitrary: fc.constantFrom<Value[]>("a,b", 'a"b', "a\nb", "null", "NULL", "\\N", "1", "true", "nan") },
  { weight: 2, arbitrary: fc.constant(null) },
);

/** True, false, missing. */
export const bools: fc.Arbitrary<Value> = fc.constantFrom<Value[]>(true, true, false, null);

/** What rows hold beside keys, moments and ids, in every source. */
export interface Payload {
  readonly [column: string]: Value;
  readonly x: Value;
  readonly n: Value;
  readonly s: Value;
  readonly b: Value;
}

/** The columns of {@link Payload}, with their types. */
export const payloadTypes: {
  readonly x: "float?";
  readonly n: "int?";
  readonly s: "string?";
  readonly b: "bool?";
} = { x: "float?", n: "int?", s: "string?", b: "bool?" };

/** What a row holds in a usual history, and in one where most values lie at the edges of their types. */
export interface PayloadChoice {
  readonly usual: Payload;
  readonly edge: Payload;
}

/** Payloads, each in two forms: a history chooses one for all of its rows, so that edges meet edges. */
export const payloads: fc.Arbitrary<PayloadChoice> = fc.record({
  usual: fc.record({ x: floats, n: ints, s: strings, b: bools }),
  edge: fc.record({
    x: fc.constantFrom<Value[]>(2 ** -63, 3 * 2 ** -63, 2 ** -62, -(2 ** -63), 2 ** -64, -0, 2 ** 61, -(2 ** 61)),
    n: fc.constantFrom<Value[]>(
      2n ** 53n,
      2n ** 53n + 1n,
      -(2n ** 53n),
      2 ** 53 - 1,
      1,
      -1,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ),
    s: fc.constantFrom<Value[]>("\u{1F600}", "\uFF5E", "\uE000", "\u{10FFFF}", ""),
    b: bools,
  }),
});

/** Types of the key columns of the one entity. */
export const keyTypes: fc.Arbitrary<readonly ("string" | "int")[]> = fc.constantFrom<(readonly ("string" | "int")[])[]>(
  ["string"],
  ["int"],
  ["string", "int"],
  ["int", "string"],
);

/** Two values for a key column of either type. */
export interface KeySeed {
  readonly string: readonly Value[];
  readonly int: readonly Value[];
}

const stringKeys = fc.constantFrom<Value[]>("a", "b", "a", "b", "", "\u{1F600}", "\uFF5E", "é", "e\u0301", "1");
/** 2^53 and 2^53 + 1 are one double: a path that turns keys into floats takes them for each other. */
const intKeys = fc.constantFrom<Value[]>(1, 2, 1, 2, 0, -1, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2 ** 53 - 1);

/** Values for keys; alike or not. The pairs are taken for each other by paths that normalise text or use doubles. */
export const keySeeds: fc.Arbitrary<KeySeed> = fc.record({
  string: fc.oneof(
    { weight: 5, arbitrary: fc.array(stringKeys, { minLength: 2, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constantFrom<Value[][]>(["é", "e\u0301"], ["", "a"], ["\u{1F600}", "\uFF5E"]) },
  ),
  int: fc.oneof(
    { weight: 5, arbitrary: fc.array(intKeys, { minLength: 2, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constant<Value[]>([2n ** 53n, 2n ** 53n + 1n]) },
  ),
});
