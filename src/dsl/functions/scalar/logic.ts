import { type Raw, type ScalarFunction } from "../scalar-function.ts";

/** `and or not if case is missing ?? coalesce fill`: what deals with missing values itself. */
export const logic: readonly ScalarFunction[] = [
  {
    name: "and",
    version: 1,
    missing: "handles",
    optional: ([a, b]) => a === true || b === true,
    doc: "Three-valued: false if either is false, else missing if either is missing.",
    examples: [
      { text: "true and false", result: false },
      { text: "false and (1 / 0 > 1)", result: false },
      { text: "true and (1 / 0 > 1)", result: null },
    ],
    overloads: [
      {
        takes: [
          { name: "a", kind: "bool" },
          { name: "b", kind: "bool" },
        ],
        returns: "bool",
        compute: () => (a: number, b: number) => (a === 0 || b === 0 ? 0 : a * b),
        inline: ([a = "", b = ""]) => `(${a} === 0 || ${b} === 0 ? 0 : ${a} * ${b})`,
        sql: ([a = "", b = ""]) => `(${a} and ${b})`,
      },
    ],
  },
  {
    name: "or",
    version: 1,
    missing: "handles",
    optional: ([a, b]) => a === true || b === true,
    doc: "Three-valued: true if either is true, else missing if either is missing.",
    examples: [
      { text: "false or true", result: true },
      { text: "false or (1 / 0 > 1)", result: null },
    ],
    overloads: [
      {
        takes: [
          { name: "a", kind: "bool" },
          { name: "b", kind: "bool" },
        ],
        returns: "bool",
        compute: () => (a: number, b: number) => (a === 1 || b === 1 ? 1 : a + b),
        inline: ([a = "", b = ""]) => `(${a} === 1 || ${b} === 1 ? 1 : ${a} + ${b})`,
        sql: ([a = "", b = ""]) => `(${a} or ${b})`,
      },
    ],
  },
  {
    name: "not",
    version: 1,
    missing: "propagates",
    doc: "The opposite.",
    examples: [{ text: "not true", result: false }],
    overloads: [
      {
        takes: [{ name: "a", kind: "bool" }],
        returns: "bool",
        compute: () => (a: number) => 1 - a,
        inline: ([a = ""]) => `(1 - ${a})`,
        inlinePropagates: true,
        sql: ([a = ""]) => `(not ${a})`,
      },
    ],
  },
  {
    name: "if",
    version: 1,
    missing: "handles",
    optional: (args) => args.some(Boolean),
    doc: "`if(condition, a, b)`: `a` where the condition is true, `b` where it is false, missing where it is missing.",
    examples: [
      { text: 'if(2 > 1, "yes", "no")', result: "yes" },
      { text: "if(1 / 0 > 1, 1, 2)", result: null },
    ],
    overloads: [
      {
        takes: [
          { name: "condition", kind: "bool" },
          { name: "a", kind: "T" },
          { name: "b", kind: "T" },
        ],
        returns: "T",
        compute: () => (condition: number, a: Raw, b: Raw, none: Raw) =>
          condition === 1 ? a : condition === 0 ? b : none,
        inline: ([condition = "", a = "", b = "", none = ""]) =>
          `(${condition} === 1 ? ${a} : ${condition} === 0 ? ${b} : ${none})`,
        // Not `case c when true ...`: engines copy the condition for each branch there, too, unseen by the limits of the text's size.
        sql: ([condition = "", a = "", b = ""]) =>
          `(case when ${condition} then ${a} when not ${condition} then ${b} end)`,
      },
    ],
  },
  {
    name: "case",
    version: 1,
    missing: "handles",
    optional: (args) => args.some(Boolean),
    doc: "`case(condition, a, condition, b, ..., otherwise)`: the value behind the first condition that is true, the last value where all are false. Conditions are looked at in order, each as `if` does: one that is missing before any was true makes the result missing. The plan has it as `if` within `if`.",
    examples: [
      { text: 'case(1 > 2, "a", 2 > 1, "b", "c")', result: "b" },
      { text: "case(false, 1, false, 2, 3.5)", result: 3.5 },
      { text: "case(1 / 0 > 1, 1, true, 2, 3)", result: null },
      { text: "case(true, 1, 1 / 0 > 1, 2, 3)", result: 1 },
    ],
    overloads: [
      {
        takes: [
          { name: "condition", kind: "bool" },
          { name: "value", kind: "T" },
          { name: "otherwise", kind: "T", rest: true },
        ],
        returns: "T",
        compute: () => (condition: number, value: Raw, otherwise: Raw, none: Raw) =>
          condition === 1 ? value : condition === 0 ? otherwise : none,
        sql: ([condition = "", value = "", otherwise = ""]) =>
          `(case when ${condition} then ${value} when not ${condition} then ${otherwise} end)`,
      },
    ],
    chain: "if",
  },
  {
    name: "is_missing",
    version: 1,
    missing: "handles",
    optional: () => false,
    doc: "`x is missing`: the test; `x is not missing` is its opposite.",
    examples: [
      { text: "1 / 0 is missing", result: true },
      { text: "1 is not missing", result: true },
    ],
    overloads: [
      {
        takes: [{ name: "x", kind: "T" }],
        returns: "bool",
        compute: () => (x: Raw) => (x === null || x !== x ? 1 : 0),
        inline: ([x = ""]) => `(${x} === null || ${x} !== ${x} ? 1 : 0)`,
        sql: ([x = ""]) => `(${x} is null)`,
      },
    ],
  },
  {
    name: "coalesce",
    version: 1,
    missing: "handles",
    optional: (args) => args.every(Boolean),
    doc: "`a ?? b`, `coalesce(a, b, ...)`: the first that is not missing. `x | fill(0)` says the same of a constant.",
    examples: [
      { text: "1 / 0 ?? 5", result: 5 },
      { text: "coalesce(1 / 0, 2, 3)", result: 2 },
    ],
    overloads: [
      {
        takes: [
          { name: "x", kind: "T" },
          { name: "others", kind: "T", rest: true },
        ],
        returns: "T",
        // The last that is given is the missing value.
        compute:
          () =>
          (...values: Raw[]) => {
            for (const value of values) if (value !== null && value === value) return value;
            return values.at(-1) as Raw;
          },
        inline: (values) =>
          values
            .slice(0, -1)
            .reduceRight(
              (rest, value) =>
                `(${value} ${values.at(-1) === "null" ? "!== null" : `=== ${value}`} ? ${value} : ${rest})`,
            ),
        sql: (args) => `coalesce(${args.join(", ")})`,
      },
    ],
  },
];
