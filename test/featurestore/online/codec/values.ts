import * as fc from "fast-check";
import {
  elementKind,
  embeddingSize,
  isEmbedding,
  isList,
  type ScalarKind,
  scalarKinds,
  type ValueKind,
} from "../../../../src/core/index.ts";
import type { Raw } from "../../../../src/dsl/index.ts";

/** Kinds of values. */
export const kinds: fc.Arbitrary<ValueKind> = fc.constantFrom<ValueKind[]>(
  ...scalarKinds,
  ...scalarKinds.map((kind): ValueKind => `list<${kind}>`),
  "embedding(1)",
  "embedding(5)",
);

const values: Readonly<Record<ScalarKind, fc.Arbitrary<Raw>>> = {
  bool: fc.constantFrom(0, 1),
  int: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n))),
  float: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
  string: fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom("", "d\u00e9j\u00e0", "\u{1F600}", "\ufeffx", "\0"),
  ),
  timestamp: fc.maxSafeInteger(),
  date: fc.integer(),
  duration: fc.maxSafeInteger(),
};

/** Values of a kind that are there. */
export function presentOf(kind: ValueKind): fc.Arbitrary<Raw> {
  if (isList(kind)) return fc.array(values[elementKind(kind)], { maxLength: 5 }) as fc.Arbitrary<Raw>;
  if (!isEmbedding(kind)) return values[kind];
  const size = embeddingSize(kind);
  return fc
    .array(values.float, { minLength: size, maxLength: size })
    .map((numbers) => Float64Array.from(numbers, Number));
}

/** Values of a kind, of which some are missing. */
export const valueOf = (kind: ValueKind): fc.Arbitrary<Raw> =>
  fc.oneof({ weight: 4, arbitrary: presentOf(kind) }, { weight: 1, arbitrary: fc.constant(null) });
