import { edgesUpTo } from "../edges.ts";
import { constantText, textText } from "../literal-js.ts";
import { type Constant, finite, type Raw, type ScalarFunction } from "../scalar-function.ts";

/** More edges are searched by halves: generated text stays short. */
const maxInlineEdges = 8;

/** Static encodings: texts and circles as numbers. */
export const encoding: readonly ScalarFunction[] = [
  {
    name: "bucket",
    version: 1,
    missing: "propagates",
    doc: "The number of edges at or below `x`: 0 below the first of the ascending edges.",
    examples: [
      { text: "bucket(7, [0, 5, 10])", result: 2 },
      { text: "bucket(-1, [0, 5, 10])", result: 0 },
    ],
    overloads: [
      {
        takes: [
          { name: "x", kind: "float" },
          { name: "edges", kind: "number list", constant: true },
        ],
        returns: "int",
        compute: ({ edges }) => {
          const sorted = ascending(edges);
          return (x: number) => edgesUpTo(sorted, x);
        },
        inline: ([x = ""], { edges }) => {
          const sorted = ascending(edges);
          if (sorted.length > maxInlineEdges) return undefined;
          const tests = Array.from(sorted, (edge, n) => `${x} < ${constantText(edge)} ? ${String(n)} : `);
          return `(${tests.join("")}${String(sorted.length)})`;
        },
      },
    ],
  },
  {
    name: "cyclic",
    version: 1,
    missing: "propagates",
    doc: "A place on a circle, such as an hour of 24, as two slots: `_sin` and `_cos`. Slots only.",
    examples: [],
    overloads: [
      {
        takes: [
          { name: "x", kind: "float" },
          { name: "period", kind: "float", constant: true },
        ],
        returns: "float",
        compute: () => (x: number) => x,
      },
    ],
    expands: (constants) => [
      { suffix: "sin", function: "cyclic_sin", constants },
      { suffix: "cos", function: "cyclic_cos", constants },
    ],
  },
  circular("cyclic_sin", "sine", "sin", 1),
  circular("cyclic_cos", "cosine", "cos", 6.123233995736766e-17),
  {
    name: "onehot",
    version: 1,
    missing: "propagates",
    doc: "One slot for each text of the list: 1 where it is that one, else 0; missing where `x` is. Slots only.",
    examples: [],
    overloads: [
      {
        takes: [
          { name: "x", kind: "string" },
          { name: "values", kind: "text list", constant: true },
        ],
        returns: "string",
        compute: () => (x: Raw) => x,
      },
    ],
    expands: ({ values }) =>
      (values as readonly string[]).map((value) => ({ suffix: value, function: "onehot_is", constants: { value } })),
  },
  {
    name: "onehot_is",
    version: 1,
    missing: "propagates",
    doc: "One slot of `onehot`: 1 where the text is `value`, else 0.",
    examples: [{ text: 'onehot_is("a", "a")', result: 1 }],
    overloads: [
      {
        takes: [
          { name: "x", kind: "string" },
          { name: "value", kind: "string", constant: true },
        ],
        returns: "float",
        compute:
          ({ value }) =>
          (x: string) =>
            x === value ? 1 : 0,
        inline: ([x = ""], { value }) => `(${x} === ${textText(String(value))} ? 1 : 0)`,
      },
    ],
  },
  {
    name: "onehot_at",
    version: 1,
    missing: "propagates",
    doc: "One slot of a fitted `onehot`: 1 where the number of the category is `part`, else 0.",
    examples: [{ text: "onehot_at(3, 3)", result: 1 }],
    overloads: [
      {
        takes: [
          { name: "x", kind: "int" },
          { name: "part", kind: "int", constant: true },
        ],
        returns: "float",
        compute:
          ({ part }) =>
          (x: Raw) =>
            x === part ? 1 : 0,
        inline: ([x = ""], { part }) =>
          typeof part === "number" ? `(${x} === ${constantText(part)} ? 1 : 0)` : undefined,
      },
    ],
  },
];

function ascending(edges: Constant | undefined): Float64Array {
  return Float64Array.from(edges as readonly number[]).sort();
}

function circular(name: string, word: string, jsName: "sin" | "cos", atQuarter: number): ScalarFunction {
  return {
    name,
    version: 1,
    missing: "propagates",
    doc: `The ${word} of \`x\` as a part of a full turn of \`period\`: of the angle \`x / period * 2 * pi\`.`,
    examples: [{ text: `${name}(6, 24)`, result: atQuarter }],
    overloads: [
      {
        takes: [
          { name: "x", kind: "float" },
          { name: "period", kind: "float", constant: true },
        ],
        returns: "float",
        partial: true,
        compute: (constants) => {
          const period = Number(constants["period"]);
          return jsName === "sin"
            ? (x: number) => finite(Math.sin((x / period) * 2 * Math.PI))
            : (x: number) => finite(Math.cos((x / period) * 2 * Math.PI));
        },
        inline: ([x = ""], { period }) => `Math.${jsName}(${x} / ${constantText(Number(period))} * 2 * Math.PI)`,
        inlinePropagates: true,
        settles: "finite",
      },
    ],
  };
}
