import {
  finite,
  missing,
  type Example,
  type Overload,
  type Raw,
  type ScalarFunction,
  whole,
} from "../scalar-function.ts";

/** `run` makes its result finite itself: closures call it, and a function that calls another costs twice. */
function float1(run: (x: number) => number, text: (x: string) => string): Overload {
  return {
    takes: [{ name: "x", kind: "float" }],
    returns: "float",
    partial: true,
    compute: () => run,
    inline: ([x = ""]) => text(x),
    inlinePropagates: true,
    settles: "finite",
  };
}

const named = {
  sqrt: (x: number) => finite(Math.sqrt(x)),
  exp: (x: number) => finite(Math.exp(x)),
  log: (x: number) => finite(Math.log(x)),
  log2: (x: number) => finite(Math.log2(x)),
  log10: (x: number) => finite(Math.log10(x)),
  log1p: (x: number) => finite(Math.log1p(x)),
  sin: (x: number) => finite(Math.sin(x)),
  cos: (x: number) => finite(Math.cos(x)),
  tanh: (x: number) => finite(Math.tanh(x)),
} as const;

/** A function that JavaScript has under the same name. */
function simple(name: keyof typeof named, doc: string, ...examples: Example[]): ScalarFunction {
  const overload = float1(named[name], (x) => `Math.${name}(${x})`);
  return { name, version: 1, missing: "propagates", doc, examples, overloads: [overload] };
}

/** Halves go to the even neighbour, as in Python and in IEEE 754. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest < 0.5) return below;
  if (rest > 0.5) return below + 1;
  return below % 2 === 0 ? below : below + 1;
}

function toInt(run: (x: number) => number): (x: number) => number {
  return (x) => whole(run(x));
}

function rounding(name: string, doc: string, run: (x: number) => number, ...examples: Example[]): ScalarFunction {
  return {
    name,
    version: 1,
    missing: "propagates",
    doc,
    examples,
    overloads: [{ takes: [{ name: "x", kind: "float" }], returns: "int", partial: true, compute: () => toInt(run) }],
  };
}

/** More arguments than this are compared by a call: the text of comparisons doubles with each. */
const maxCompared = 5;

function extreme(
  name: "min" | "max",
  doc: string,
  better: (a: Raw, b: Raw) => boolean,
  ...examples: Example[]
): ScalarFunction {
  return {
    name,
    version: 1,
    missing: "propagates",
    doc,
    examples,
    overloads: (["int", "float", "timestamp", "date", "duration"] as const).map((kind) => ({
      takes: [
        { name: "a", kind },
        { name: "b", kind, rest: true },
      ],
      returns: kind,
      compute:
        () =>
        (a: Raw, b: Raw, ...more: Raw[]) => {
          let best = better(b, a) ? b : a;
          for (const value of more) if (better(value, best)) best = value;
          return best;
        },
      inline: ([first = "", ...more]) =>
        more.length < maxCompared
          ? more.reduce((best, x) => `(${x} ${name === "min" ? "<" : ">"} ${best} ? ${x} : ${best})`, first)
          : undefined,
    })),
  };
}

/** Functions of numbers. */
export const math: readonly ScalarFunction[] = [
  {
    name: "abs",
    version: 1,
    missing: "propagates",
    doc: "The magnitude.",
    examples: [{ text: "abs(-3)", result: 3 }],
    overloads: (["int", "float", "duration"] as const).map((kind) => ({
      takes: [{ name: "x", kind }],
      returns: kind,
      ...(kind === "float" ? {} : { partial: true as const, small: true as const }),
      compute: () => (x: Raw) => (typeof x === "number" ? Math.abs(x) : missing),
      ...(kind === "int" ? {} : { inline: ([x = ""]: readonly string[]) => `Math.abs(${x})`, inlinePropagates: true }),
    })),
  },
  {
    name: "sign",
    version: 1,
    missing: "propagates",
    doc: "-1, 0 or 1.",
    examples: [{ text: "sign(-0.5)", result: -1 }],
    overloads: [
      { takes: [{ name: "x", kind: "float" }], returns: "int", compute: () => (x: number) => Math.sign(x) + 0 },
    ],
  },
  simple(
    "sqrt",
    "The square root; missing below 0.",
    { text: "sqrt(9)", result: 3 },
    { text: "sqrt(-1)", result: null },
  ),
  simple("exp", "e to the power of `x`.", { text: "exp(0)", result: 1 }, { text: "exp(1000)", result: null }),
  simple(
    "log",
    "The natural logarithm; missing at 0 and below.",
    { text: "log(1)", result: 0 },
    { text: "log(0)", result: null },
  ),
  simple("log2", "The logarithm to base 2; missing at 0 and below.", { text: "log2(8)", result: 3 }),
  simple("log10", "The logarithm to base 10; missing at 0 and below.", { text: "log10(1000)", result: 3 }),
  simple(
    "log1p",
    "`log(1 + x)`, exact near 0; missing at -1 and below.",
    { text: "log1p(0)", result: 0 },
    { text: "log1p(-1)", result: null },
  ),
  simple("sin", "The sine of an angle in radians.", { text: "sin(0)", result: 0 }),
  simple("cos", "The cosine of an angle in radians.", { text: "cos(0)", result: 1 }),
  simple("tanh", "The hyperbolic tangent.", { text: "tanh(0)", result: 0 }),
  {
    name: "sigmoid",
    version: 1,
    missing: "propagates",
    doc: "`1 / (1 + exp(-x))`.",
    examples: [{ text: "sigmoid(0)", result: 0.5 }],
    overloads: [
      float1(
        (x) => finite(1 / (1 + Math.exp(-x))),
        (x) => `1 / (1 + Math.exp(-${x}))`,
      ),
    ],
  },
  rounding(
    "round",
    "The nearest whole number, halves to the even one; missing beyond ±(2^53 - 1).",
    roundHalfEven,
    { text: "round(2.5)", result: 2 },
    { text: "round(-1.5)", result: -2 },
  ),
  rounding("floor", "The next whole number below or at `x`.", Math.floor, { text: "floor(-1.5)", result: -2 }),
  rounding("ceil", "The next whole number above or at `x`.", Math.ceil, { text: "ceil(-0.5)", result: 0 }),
  {
    name: "clip",
    version: 1,
    missing: "propagates",
    doc: "`x` held between `low` and `high`; missing where `low` lies above `high`.",
    examples: [
      { text: "clip(70, 0, 50)", result: 50 },
      { text: "70.5 | clip(0, 50)", result: 50 },
    ],
    overloads: (["int", "float"] as const).map((kind) => ({
      takes: [
        { name: "x", kind },
        { name: "low", kind },
        { name: "high", kind },
      ],
      returns: kind,
      partial: true,
      inline: ([x = "", low = "", high = ""]) =>
        `(${low} > ${high} ? NaN : ${x} < ${low} ? ${low} : ${x} > ${high} ? ${high} : ${x})`,
      compute: () => (x: Raw, low: Raw, high: Raw) => {
        const [a, b, c] = [x ?? missing, low ?? missing, high ?? missing];
        return b > c ? missing : a < b ? b : a > c ? c : a;
      },
    })),
  },
  extreme("min", "The smallest of several.", (a, b) => (a ?? 0) < (b ?? 0), { text: "min(3, 1, 2)", result: 1 }),
  extreme("max", "The largest of several.", (a, b) => (a ?? 0) > (b ?? 0), { text: "max(3, 1.5)", result: 3 }),
  {
    name: "float",
    version: 1,
    missing: "propagates",
    doc: "A whole number or a truth value as a float; texts are read as decimal numbers and missing where they are none: a sign, digits with or without a point, an exponent such as `e-3`, and white space around them, but nothing else.",
    examples: [
      { text: "float(2)", result: 2 },
      { text: "float(true)", result: 1 },
      { text: 'float(" 1.5 ")', result: 1.5 },
      { text: 'float("abc")', result: null },
    ],
    overloads: [
      {
        takes: [{ name: "x", kind: "int" }],
        returns: "float",
        compute: () => (x: Raw) => Number(x),
        inline: ([x = ""], _, [exact]) => (exact === true ? x : `Number(${x})`),
        inlinePropagates: true,
        sql: ([x = ""], _, dialect) => dialect.toFloat("int", x),
      },
      {
        takes: [{ name: "x", kind: "float" }],
        returns: "float",
        compute: () => (x: number) => x,
        sql: ([x = ""]) => x,
      },
      {
        takes: [{ name: "x", kind: "bool" }],
        returns: "float",
        compute: () => (x: number) => x,
        sql: ([x = ""], _, dialect) => dialect.toFloat("bool", x),
      },
      {
        takes: [{ name: "x", kind: "string" }],
        returns: "float",
        partial: true,
        compute: () => (x: string) => (decimal.test(x) ? finite(Number(x)) : missing),
      },
    ],
  },
  {
    name: "int",
    version: 1,
    missing: "propagates",
    doc: "A number without its fraction, towards 0; missing beyond ±(2^53 - 1).",
    examples: [
      { text: "int(-1.9)", result: -1 },
      { text: "int(true)", result: 1 },
    ],
    overloads: [
      { takes: [{ name: "x", kind: "int" }], returns: "int", compute: () => (x: Raw) => x, sql: ([x = ""]) => x },
      {
        takes: [{ name: "x", kind: "bool" }],
        returns: "int",
        compute: () => (x: number) => x,
        sql: ([x = ""], _, dialect) => dialect.toInt(x),
      },
      { takes: [{ name: "x", kind: "float" }], returns: "int", partial: true, compute: () => toInt(Math.trunc) },
    ],
  },
];

/** Of a form that is read in one go, however long the text is. */
const decimal = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
