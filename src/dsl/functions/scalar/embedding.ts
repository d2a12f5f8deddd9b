import { type Constants, finite, missing, type Parameter, type ScalarFunction } from "../scalar-function.ts";

const one: readonly Parameter[] = [{ name: "e", kind: "embedding" }];
const two: readonly Parameter[] = [
  { name: "a", kind: "embedding" },
  { name: "b", kind: "embedding" },
];

const given = {
  a: { type: "embedding(3)", value: [1, 2, 2] },
  b: { type: "embedding(3)", value: [2, 0, 0] },
  zero: { type: "embedding(3)", value: [0, 0, 0] },
} as const;

/** Sums go from the first number to the last, in doubles: no engine computes them otherwise. */
function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? missing) * (b[i] ?? missing);
  return sum;
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? missing) - (b[i] ?? missing);
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** Functions of embeddings, all of one size in a call. */
export const embedding: readonly ScalarFunction[] = [
  {
    name: "dot",
    version: 1,
    missing: "propagates",
    doc: "The inner product: the sum of the products of the numbers at each place.",
    examples: [{ text: "dot(a, b)", result: 2, given }],
    overloads: [
      {
        takes: two,
        returns: "float",
        partial: true,
        compute: () => (a: Float64Array, b: Float64Array) => finite(dot(a, b)),
      },
    ],
  },
  {
    name: "cosine",
    version: 1,
    missing: "propagates",
    doc: "The cosine of the angle between two: `dot(a, b) / (norm(a) * norm(b))`; missing where a norm is 0.",
    examples: [
      { text: "cosine(a, b)", result: 1 / 3, given },
      { text: "cosine(a, zero)", result: null, given },
    ],
    overloads: [
      {
        takes: two,
        returns: "float",
        partial: true,
        // By a norm of 0 it is 0 / 0.
        compute: () => (a: Float64Array, b: Float64Array) =>
          finite(dot(a, b) / (Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b)))),
      },
    ],
  },
  {
    name: "norm",
    version: 1,
    missing: "propagates",
    doc: "The length: the root of the sum of squares.",
    examples: [{ text: "norm(a)", result: 3, given }],
    overloads: [
      {
        takes: one,
        returns: "float",
        partial: true,
        compute: () => (e: Float64Array) => finite(Math.sqrt(dot(e, e))),
      },
    ],
  },
  {
    name: "l2",
    version: 1,
    missing: "propagates",
    doc: "The Euclidean distance: the length of the difference.",
    examples: [{ text: "l2(a, b)", result: 3, given }],
    overloads: [
      {
        takes: two,
        returns: "float",
        partial: true,
        compute: () => (a: Float64Array, b: Float64Array) => finite(distance(a, b)),
      },
    ],
  },
  {
    name: "slice",
    version: 1,
    missing: "propagates",
    doc: "The numbers from one place on up to before another, counted from 0: an embedding of `to - from`.",
    examples: [
      { text: "slice(a, 1, 3)", result: [2, 2], given },
      { text: "norm(slice(a, 0, 1))", result: 1, given },
    ],
    overloads: [
      {
        takes: [...one, { name: "from", kind: "int", constant: true }, { name: "to", kind: "int", constant: true }],
        returns: "embedding",
        size: ({ from, to }) => Number(to) - Number(from),
        refuses: ({ from, to }, size) => {
          const [start, end] = [Number(from), Number(to)];
          if (start >= 0 && start < end && end <= size) return undefined;
          return `it has the places 0 to ${String(size - 1)}: 0 <= from < to <= ${String(size)}`;
        },
        compute: ({ from, to }) => {
          const [start, end] = [Number(from), Number(to)];
          return (e: Float64Array) => e.subarray(start, end);
        },
      },
    ],
  },
  {
    name: "element",
    version: 1,
    missing: "propagates",
    doc: "The number at a place that is written out, counted from 0. A slot that is an embedding becomes one slot for each.",
    examples: [{ text: "element(a, 2)", result: 2, given }],
    overloads: [
      {
        takes: [...one, { name: "index", kind: "int", constant: true }],
        returns: "float",
        refuses: ({ index }, size) =>
          Number(index) >= 0 && Number(index) < size
            ? undefined
            : `it has the places 0 to ${String(size - 1)}, and not ${String(index)}`,
        compute: (constants) => {
          const index = indexOf(constants);
          return (e: Float64Array) => e[index] ?? missing;
        },
        inline: ([e = ""], constants) => `(${e}[${String(indexOf(constants))}] ?? NaN)`,
      },
    ],
  },
];

function indexOf({ index }: Constants): number {
  return Math.trunc(Number(index));
}
