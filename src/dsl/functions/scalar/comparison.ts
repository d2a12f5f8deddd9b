import { compareCodePoints, normalInt, type ValueKind } from "../../../core/index.ts";
import { constantText } from "../literal-js.ts";
import type { Constant, Overload, Raw, RawScalar, ScalarFunction } from "../scalar-function.ts";

const ordered: readonly ValueKind[] = ["int", "float", "timestamp", "date", "duration"];

/** 1 for true: closures call these, and a function that calls another costs twice. */
type Comparison = (a: number, b: number) => 0 | 1;

function numeric(symbol: string, run: Comparison): readonly Overload[] {
  return ordered.map((kind) => ({
    takes: [
      { name: "a", kind },
      { name: "b", kind },
    ],
    returns: "bool",
    compute: () => run,
    inline: ([a = "", b = ""]) => `(${a} ${symbol} ${b} ? 1 : 0)`,
    sql: ([a = "", b = ""]) => `(${a} ${symbol} ${b})`,
  }));
}

function text(symbol: string, run: Comparison): Overload {
  return {
    takes: [
      { name: "a", kind: "string" },
      { name: "b", kind: "string" },
    ],
    returns: "bool",
    compute: () => (a: string, b: string) => run(compareCodePoints(a, b), 0),
    sql: ([a = "", b = ""]) => `(${a} ${symbol} ${b})`,
  };
}

function order(name: string, symbol: string, example: string, run: Comparison): ScalarFunction {
  return {
    name,
    version: 1,
    missing: "propagates",
    doc: `\`a ${symbol} b\`. Texts compare by code point.`,
    examples: [{ text: example, result: true }],
    overloads: [...numeric(symbol, run), text(symbol, run)],
  };
}

function equality(name: string, symbol: string, sql: string, example: string, equal: boolean): ScalarFunction {
  const kinds: readonly ValueKind[] = [...ordered, "string", "bool"];
  return {
    name,
    version: 1,
    missing: "propagates",
    doc: `\`a ${symbol} b\`. Whole numbers are equal over all 64 bits.`,
    examples: [{ text: example, result: true }],
    overloads: kinds.map((kind) => ({
      takes: [
        { name: "a", kind },
        { name: "b", kind },
      ],
      returns: "bool",
      compute: () => (a: Raw, b: Raw) => ((a === b) === equal ? 1 : 0),
      inline: ([a = "", b = ""]) => `(${a} ${symbol}= ${b} ? 1 : 0)`,
      sql: ([a = "", b = ""]) => `(${a} ${sql} ${b})`,
    })),
  };
}

/** More values are looked up in a set: generated text stays short. */
const maxInlineItems = 8;

/** Ints beyond ±(2^53 - 1) stand in the list as texts, and in data as bigints. */
function rawItems(kind: ValueKind, list: Constant | undefined): readonly RawScalar[] {
  return (list as readonly (number | string)[]).map((item) => (kind === "int" ? normalInt(BigInt(item)) : item));
}

const listOf = { int: "int list", float: "number list", string: "text list" } as const;

/** The operators `== != < <= > >=`, `in`, and `between`. */
export const comparison: readonly ScalarFunction[] = [
  equality("eq", "==", "=", '"a" == "a"', true),
  equality("ne", "!=", "<>", "1 != 2", false),
  order("lt", "<", "1 < 2", (a, b) => (a < b ? 1 : 0)),
  order("le", "<=", '"a" <= "b"', (a, b) => (a <= b ? 1 : 0)),
  order("gt", ">", "2 > 1.5", (a, b) => (a > b ? 1 : 0)),
  order("ge", ">=", "2 >= 2", (a, b) => (a >= b ? 1 : 0)),
  {
    name: "in",
    version: 1,
    missing: "propagates",
    doc: "`x in [...]`: whether a value is one of those written out.",
    examples: [
      { text: '"b" in ["a", "b"]', result: true },
      { text: "3 not in [1, 2]", result: true },
    ],
    overloads: (["int", "float", "string"] as const).map((kind) => ({
      takes: [
        { name: "x", kind },
        { name: "list", kind: listOf[kind], constant: true },
      ],
      returns: "bool",
      compute: ({ list }) => {
        const values = new Set<Raw>(rawItems(kind, list));
        return (x: Raw) => (values.has(x) ? 1 : 0);
      },
      inline: ([x = ""], { list }) => {
        const values = rawItems(kind, list);
        if (values.length > maxInlineItems) return undefined;
        return `(${values.map((value) => `${x} === ${constantText(value)}`).join(" || ")} ? 1 : 0)`;
      },
      sql: ([x = ""], { list }, dialect) => {
        const items = (list as readonly (number | string)[]).map((item) => dialect.literal(kind, item));
        return items.includes(undefined) ? undefined : `(${x} in (${items.join(", ")}))`;
      },
    })),
  },
  {
    name: "between",
    version: 1,
    missing: "propagates",
    doc: "Whether `low <= x` and `x <= high`; missing where any of the three is.",
    examples: [
      { text: "between(5, 1, 10)", result: true },
      { text: "between(0, 1, 10)", result: false },
    ],
    overloads: ordered.map((kind) => ({
      takes: [
        { name: "x", kind },
        { name: "low", kind },
        { name: "high", kind },
      ],
      returns: "bool",
      compute: () => (x: number, low: number, high: number) => (low <= x && x <= high ? 1 : 0),
      // Missing even where the other bound alone would decide.
      sql: ([x = "", low = "", high = ""]) =>
        `(case when ${low} is not null and ${high} is not null then ${low} <= ${x} and ${x} <= ${high} end)`,
    })),
  },
];
