import type { Dialect } from "../dialects/index.ts";
import {
  type Constants,
  finite,
  missing,
  type Overload,
  type Parameter,
  type Raw,
  type ScalarFunction,
  whole,
} from "../scalar-function.ts";

const two = (kind: "int" | "float" | "timestamp" | "duration", other = kind): readonly Parameter[] => [
  { name: "a", kind },
  { name: "b", kind: other },
];

/** An exact integer operation: missing where an operand or the result lies beyond ±(2^53 - 1). */
function exact(operation: (a: number, b: number) => number): (a: Raw, b: Raw) => Raw {
  return (a, b) => {
    if (typeof a !== "number" || typeof b !== "number") return missing;
    return whole(operation(a, b));
  };
}

function integer(
  symbol: "+" | "-" | "*",
  takes: readonly Parameter[],
  returns: Overload["returns"],
  run: (a: Raw, b: Raw) => Raw,
): Overload {
  return {
    takes,
    returns,
    partial: true,
    compute: () => run,
    inline: ([a = "", b = ""], _, exact) => {
      const tests = [a, b].flatMap((text, i) => (exact[i] === true ? [] : [`typeof ${text} === "number"`]));
      const result = `${a} ${symbol} ${b}`;
      return tests.length === 0 ? result : `(${tests.join(" && ")} ? ${result} : NaN)`;
    },
    inlinePropagates: true,
    settles: "whole",
    small: true,
    sql: ([a = "", b = ""], _, dialect) => dialect.integer(symbol, a, b),
  };
}

function float(symbol: "+" | "-" | "*", run: (a: number, b: number) => number): Overload {
  return {
    takes: two("float"),
    returns: "float",
    partial: true,
    compute: () => run,
    inline: ([a = "", b = ""]) => `${a} ${symbol} ${b}`,
    inlinePropagates: true,
    settles: "finite",
    sql: ([a = "", b = ""], _, dialect) => dialect.float(symbol, a, b),
  };
}

// Each operation is written out once more: closures call these, and a function that calls another costs twice.
const plus = (a: Raw, b: Raw): Raw => (typeof a === "number" && typeof b === "number" ? whole(a + b) : missing);
const minus = (a: Raw, b: Raw): Raw => (typeof a === "number" && typeof b === "number" ? whole(a - b) : missing);
const times = (a: Raw, b: Raw): Raw => (typeof a === "number" && typeof b === "number" ? whole(a * b) : missing);

/** The operators `+ - * / ^` and unary `-`, and whole division. */
export const arithmetic: readonly ScalarFunction[] = [
  {
    name: "add",
    version: 1,
    missing: "propagates",
    doc: "`a + b`. Whole numbers stay exact and are missing beyond ±(2^53 - 1).",
    examples: [
      { text: "1 + 2", result: 3 },
      { text: "9007199254740991 + 1", result: null },
      { text: "0.1 + 0.2", result: 0.30000000000000004 },
    ],
    overloads: [
      integer("+", two("int"), "int", plus),
      float("+", (a, b) => finite(a + b)),
      integer("+", two("timestamp", "duration"), "timestamp", plus),
      integer("+", two("duration"), "duration", plus),
    ],
  },
  {
    name: "sub",
    version: 1,
    missing: "propagates",
    doc: "`a - b`. The difference of two timestamps is a duration.",
    examples: [
      { text: "1 - 2", result: -1 },
      { text: "0.5 - 0.5", result: 0 },
    ],
    overloads: [
      integer("-", two("int"), "int", minus),
      float("-", (a, b) => finite(a - b)),
      integer("-", two("timestamp"), "duration", minus),
      integer("-", two("timestamp", "duration"), "timestamp", minus),
      integer("-", two("duration"), "duration", minus),
    ],
  },
  {
    name: "mul",
    version: 1,
    missing: "propagates",
    doc: "`a * b`.",
    examples: [
      { text: "3 * 4", result: 12 },
      { text: "-0.5 * 0", result: 0 },
      { text: "1e200 * 1e200", result: null },
    ],
    overloads: [integer("*", two("int"), "int", times), float("*", (a, b) => finite(a * b))],
  },
  {
    name: "divide",
    version: 1,
    missing: "propagates",
    doc: "`a / b`, real division; missing where `b` is 0. The ratio of two durations is a number.",
    examples: [
      { text: "7 / 2", result: 3.5 },
      { text: "1 / 0", result: null },
    ],
    overloads: [
      {
        takes: two("float"),
        returns: "float",
        partial: true,
        compute: () => (a: number, b: number) => finite(a / b),
        inline: ([a = "", b = ""]) => `${a} / ${b}`,
        inlinePropagates: true,
        settles: "finite",
        sql: ([a = "", b = ""], _, dialect) => dialect.float("/", a, b),
      },
      {
        takes: two("duration"),
        returns: "float",
        partial: true,
        compute: () => (a: number, b: number) => finite(a / b),
        sql: ([a = "", b = ""], _, dialect) =>
          dialect.float("/", dialect.span(a, undefined, "/", 1), dialect.span(b, undefined, "/", 1)),
      },
    ],
  },
  {
    name: "pow",
    version: 1,
    missing: "propagates",
    doc: "`a ^ b`, `pow(a, b)`; missing where the result is not a finite number.",
    examples: [
      { text: "2 ^ 10", result: 1024 },
      { text: "pow(2, 10)", result: 1024 },
      { text: "(-8) ^ 0.5", result: null },
    ],
    overloads: [
      { takes: two("float"), returns: "float", partial: true, compute: () => (a: number, b: number) => finite(a ** b) },
    ],
  },
  {
    name: "neg",
    version: 1,
    missing: "propagates",
    doc: "`-a`.",
    examples: [{ text: "-(3)", result: -3 }],
    overloads: (["int", "float", "duration"] as const).map((kind) => ({
      takes: [{ name: "a", kind }],
      returns: kind,
      ...(kind === "float" ? {} : { partial: true as const, small: true as const }),
      compute: () => (a: Raw) => (typeof a === "number" ? 0 - a : missing),
      sql: ([a = ""]: readonly string[], _: Constants, dialect: Dialect) => {
        const zero = dialect.literal(kind, 0) ?? "";
        return kind === "float" ? `(${zero} - ${a})` : dialect.integer("-", zero, a);
      },
    })),
  },
  {
    name: "div",
    version: 1,
    missing: "propagates",
    doc: "Whole division, rounded down; missing where `b` is 0.",
    examples: [
      { text: "div(7, 2)", result: 3 },
      { text: "div(-7, 2)", result: -4 },
    ],
    overloads: [
      {
        takes: two("int"),
        returns: "int",
        partial: true,
        small: true,
        compute: () => exact((a, b) => (b === 0 ? missing : floorDiv(a, b))),
      },
    ],
  },
  {
    name: "mod",
    version: 1,
    missing: "propagates",
    doc: "The remainder of `div`: it has the sign of `b`; missing where `b` is 0.",
    examples: [
      { text: "mod(7, 3)", result: 1 },
      { text: "mod(-7, 3)", result: 2 },
    ],
    overloads: [
      {
        takes: two("int"),
        returns: "int",
        partial: true,
        small: true,
        compute: () => exact((a, b) => (b === 0 ? missing : floorMod(a, b))),
      },
    ],
  },
];

/** The quotient of doubles can round up to the next whole number: what is left of a division towards 0 tells the truth. */
function floorDiv(a: number, b: number): number {
  const rest = a % b;
  const quotient = (a - rest) / b;
  return rest !== 0 && rest < 0 !== b < 0 ? quotient - 1 : quotient;
}

function floorMod(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}
