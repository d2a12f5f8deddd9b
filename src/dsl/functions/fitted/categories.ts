import type { ValueKind } from "../../../core/index.ts";
import type { Parameters } from "../../plan/index.ts";
import { type Fit, type FitContext, type FittedFunction, rawOf, storedOf } from "../fitted-function.ts";
import type { RawScalar } from "../scalar-function.ts";
import { DistinctCounter } from "./distinct-counter.ts";

/** The number of a missing value, of one that is none of the categories, and of the first category. */
const [missingCode, otherCode, firstCode] = [0, 1, 2];

/** Finds the `k` most frequent values of the training rows. No value at all is fine: each is another one then. */
function fit({ options, maxDistinct }: FitContext): Fit {
  const counter = new DistinctCounter(maxDistinct);
  return {
    passes: 1,
    add: (x) => {
      counter.add(x);
    },
    endPass: () => undefined,
    parameters: () => ({ values: counter.top(Number(options["k"])).map(storedOf) }),
  };
}

function apply({ values }: Parameters, kind: ValueKind): (x: RawScalar) => number {
  const codes = new Map<RawScalar, number>(
    (values as readonly (number | string)[]).map((value, i) => [rawOf(value, kind), firstCode + i]),
  );
  return (x) => (x === null || x !== x ? missingCode : (codes.get(x) ?? otherCode));
}

const shared = {
  version: 1,
  takes: { string: "int", int: "int" },
  optional: () => false,
  small: true,
  fit,
  holds: { values: "values" },
  apply,
} as const;

/** `vocab(k)`: the number of a category, for models that look it up. */
export const vocab: FittedFunction = {
  ...shared,
  name: "vocab",
  doc: "The number of a text or whole number among the `k` most frequent of the training rows: 2 for the first, 3 for the next; 1 for any other, 0 for missing. Equally frequent ones are ordered by code point, or as numbers. Never missing.",
  examples: [
    { rows: ["thai", "pizza", "thai"], options: { k: 10 }, value: "pizza", result: 3 },
    { rows: ["thai", "pizza", "thai"], options: { k: 1 }, value: "pizza", result: 1 },
    { rows: ["thai"], options: { k: 10 }, value: null, result: 0 },
  ],
  options: [{ name: "k", kind: "count", least: 1, most: 100_000 }],
};

/** `onehot(k)`: a slot for each of the most frequent categories; the number that its slots are picked from is `vocab`'s. */
export const onehot: FittedFunction = {
  ...shared,
  name: "onehot",
  doc: "One slot for each of the `k` most frequent texts or whole numbers of the training rows, `_1` the most frequent, then `_other` for any other and `_missing`: exactly one of them is 1, the others are 0. Ordered as by `vocab`; of fewer than `k` the last slots are always 0. Slots only.",
  examples: [],
  options: [{ name: "k", kind: "count", least: 1, most: 1000 }],
  expands: ({ k }) => [
    ...Array.from({ length: Number(k) }, (_, i) => ({ suffix: String(i + 1), part: firstCode + i })),
    { suffix: "other", part: otherCode },
    { suffix: "missing", part: missingCode },
  ],
};
