import * as fc from "fast-check";
import {
  elementKind,
  embeddingSize,
  isEmbedding,
  isList,
  isScalar,
  parseTypeName,
  type Scalar,
  type ScalarKind,
  scalarKinds,
  type TypeName,
  typeName,
  type Value,
  type ValueKind,
} from "../../src/core/index.ts";
import {
  type CallPlan,
  type Constant,
  type ExpressionPlan,
  type Overload,
  type Parameter,
  type ScalarFunction,
  scalarFunctions,
  tablesOf,
} from "../../src/dsl/index.ts";

/** Columns of every kind: some that may be missing, and one that is always there. */
export const columns: Readonly<Record<string, TypeName>> = {
  ...Object.fromEntries(
    scalarKinds.flatMap((kind): [string, TypeName][] => [
      [`l1_${kind}`, `list<${kind}>?`],
      [`l0_${kind}`, `list<${kind}>`],
    ]),
  ),
  e1: "embedding(3)?",
  e0: "embedding(3)",
  w1: "embedding(4)?",
  w0: "embedding(4)",
  i1: "int?",
  i2: "int?",
  i0: "int",
  f1: "float?",
  f2: "float?",
  f0: "float",
  s1: "string?",
  s2: "string?",
  s0: "string",
  b1: "bool?",
  b0: "bool",
  t1: "timestamp?",
  t0: "timestamp",
  u1: "duration?",
  u0: "duration",
  d1: "date?",
  d0: "date",
};

const safe = 9007199254740991;
const ints: readonly (number | bigint)[] = [
  ...[0, 1, -1, 2, 3, 7, -7, 10, 100, 12345, safe, -safe, safe - 1, 2 ** 31, -(2 ** 31), 2 ** 32],
  ...[2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)],
];
const floats: readonly number[] = [
  ...[0, 1, -1, 0.5, -0.5, 1.5, 2.5, 0.1, 0.2, 0.3, 3.75, -12.25, 1e3, 90, -90, 180],
  ...[1e-10, -1e-10, 1e20, -1e20, 2 ** 53, 2 ** 62, -(2 ** 62), 2 ** 63, 1e200, -1e200, 1e300],
  ...[Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, 2.2250738585072014e-308, 1 / 3],
];
const texts: readonly string[] = [
  ...[
    "",
    "a",
    "b",
    "ab",
    "A",
    " a ",
    "it's",
    "0",
    "-7",
    "3.25",
    "12",
    '"',
    "\\",
    "*/",
    "--",
    "thai",
    "1.5",
    " -2e3 ",
    "0x10",
    "a,b,,c",
    "2024-02-29",
    "order 17",
    "a|b\\",
  ],
  ...[
    "\t-.5e1\n",
    "+7",
    "5.",
    "1e400",
    "1e-400",
    "-0",
    "Infinity",
    "1_0",
    "\uFEFF2",
    "\u00A0x\u3000",
    "a\nb",
    "\u0663",
  ],
  ...["ΌΣΟΣ Σ", "Straße", "ǅ", "\uFB03", "\u212B", "\u{10428}", "\u{1F1E9}\u{1F1EA}", "a\u0308\u0323", "\u{1D49C}b"],
  ...["\u2028", "\u{1F600}", "\uFF5E", "e\u0301", "\u00e9", "ß", "İ", "Europe/Berlin", "UTC", "Asia/Kolkata", "a\0b"],
];
const day = 86_400_000_000;
const moments: readonly number[] = [
  ...[0, 1, -1, 1_709_210_096_789_000, 1_709_164_800_000_000, 1_711_846_800_000_000, 1_729_989_000_000_000],
  ...[
    -62_135_596_800,
    -day * 365 * 80,
    day * 365 * 200,
    safe,
    -safe,
    1_711_846_799_999_999,
    day * 18_630 - 1,
    -day * 25_567 - 1,
    -safe + day,
  ],
];
const durations: readonly number[] = [0, 1, -1, 1_000_000, 60_000_000, 3_600_000_000, day, -day, day * 36, safe, -safe];
const dates: readonly number[] = [
  0,
  1,
  -1,
  19_782,
  11_016,
  18_627,
  -25_509,
  47_541,
  -36_524,
  100_000,
  104_249,
  104_250,
  -104_250,
  18_626,
  safe,
  -safe,
];

/** Around changes of clocks, to the microsecond, and the days before them; leap days, weeks 53, local mean time. */
const changes: readonly number[] = [
  ...["2024-03-30T01:30Z", "2024-03-31T01:00Z", "2024-10-26T00:30Z", "2024-10-27T00:30Z", "2024-10-27T01:30Z"],
  ...["2024-03-09T07:30Z", "2024-03-10T07:00Z", "2024-11-02T05:30Z", "2024-11-03T05:30Z", "2024-11-03T06:30Z"],
  ...["2011-12-29T20:00Z", "2011-12-30T10:00Z", "2024-04-06T15:00Z", "2024-10-05T15:30Z", "1972-01-07T00:44:30Z"],
  ...["2000-02-29T12:00Z", "1900-02-28T23:59:59Z", "2020-12-31T12:00Z", "2021-01-03T23:00Z", "1969-12-31T23:00Z"],
  ...["1880-06-15T12:34:56Z", "1700-03-01T00:00Z", "2100-02-28T22:00Z", "2024-02-29T12:34:56.789Z"],
].flatMap((text) => {
  const moment = Date.parse(text) * 1000;
  return [moment, moment, moment - 1, moment + 1];
});

/** Values of a kind: ordinary ones and edges. */
export function valuesOf(kind: ValueKind): readonly Value[] {
  if (isList(kind)) return listsOf(elementKind(kind));
  if (isEmbedding(kind)) return embeddingsOf(embeddingSize(kind));
  switch (kind) {
    case "bool":
      return [true, false];
    case "int":
      return [...ints.slice(0, 10), ...ints];
    case "float":
      return [...floats.slice(0, 16), ...floats];
    case "string":
      return texts;
    case "timestamp":
      return [...moments, ...changes];
    case "duration":
      return durations;
    case "date":
      return dates;
  }
}

/** Lists of no, one and several values, the edges of their kind among them. */
function listsOf(kind: ScalarKind): readonly Value[] {
  const values = valuesOf(kind) as readonly Scalar[];
  const part = (from: number, length: number): readonly Scalar[] =>
    Array.from({ length }, (_, i) => values[(from + i) % values.length] ?? false);
  return [[], ...Array.from({ length: 15 }, (_, i) => part(i * 4, (i % 5) + 1)), values];
}

/** Embeddings of ordinary numbers, of none but 0, and of such that overflow. */
function embeddingsOf(size: number): readonly Value[] {
  const of = (at: (i: number) => number): readonly number[] => Array.from({ length: size }, (_, i) => at(i));
  return [
    ...Array.from({ length: 12 }, (_, n) => of((i) => floats[(n * 3 + i) % 16] ?? 0)),
    ...[of(() => 0), of(() => 1), of((i) => i - 0.1), of(() => 1e200), of(() => Number.MAX_VALUE)],
    of(() => Number.MIN_VALUE),
  ];
}

/** A row with a value for each column, and the moment of the request; one in eight of those that may be missing is. */
export const rows: fc.Arbitrary<Readonly<Record<string, Value>>> = fc.record({
  now: fc.constantFrom(...valuesOf("timestamp")),
  ...Object.fromEntries(
    Object.entries(columns).map(([name, type]) => {
      const { kind, optional } = parseTypeName(type);
      const value = fc.constantFrom(...valuesOf(kind));
      return [name, optional ? fc.oneof({ weight: 7, arbitrary: value }, fc.constant(null)) : value];
    }),
  ),
});

/** One way to call a function, for counting. */
export interface Way {
  readonly entry: ScalarFunction;
  readonly overload: Overload;
  /** What `T` is. */
  readonly kind: ValueKind;
  readonly id: string;
}

const kinds: readonly ValueKind[] = [...scalarKinds, "list<string>", "list<int>", "embedding(3)"];

/** All ways to call the library, those that make several slots and those that plans never name left out. */
export const ways: readonly Way[] = [...scalarFunctions.values()]
  .filter(({ expands, chain }) => expands === undefined && chain === undefined)
  .flatMap((entry) =>
    entry.overloads.flatMap((overload) => {
      const ofLists = overload.takes.some(({ kind }) => kind === "list<T>");
      const generic = ofLists || overload.takes.some(({ kind }) => kind === "T");
      return (ofLists ? scalarKinds : generic ? kinds : [undefined]).map((kind): Way => {
        const takes = overload.takes.map((parameter) => takenKind(parameter.kind, kind ?? "bool", overload));
        return { entry, overload, kind: kind ?? "bool", id: `${entry.name}(${takes.join(", ")})` };
      });
    }),
  );

/** Up to this depth all arguments of a call are as deep; deeper ones have one such argument, or they would be huge. */
const wide = 3;

/** Expressions of each kind, at most so deep; `exact` ones have an SQL form, but for literals that have none. */
export function expressions(exact: boolean, depth: number): fc.Arbitrary<ExpressionPlan> {
  const usable = exact ? ways.filter(({ overload }) => overload.sql !== undefined) : ways;
  const of = argumentsOf(usable, exact);
  // Each way as often at the root.
  return fc.oneof(...usable.map((way) => callOf(way, depth, of, exact)));
}

/** Calls of one way after the other, of each depth up to 8. */
export const callsByWay: readonly fc.Arbitrary<ExpressionPlan>[] = ((): readonly fc.Arbitrary<ExpressionPlan>[] => {
  const of = argumentsOf(ways, false);
  const depths = [1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8];
  return ways.map((way) => fc.constantFrom(...depths).chain((depth) => callOf(way, depth, of, false)));
})();

/** Expressions of a kind, at most so deep, made of these ways. */
type Arguments = (kind: ValueKind, left: number) => fc.Arbitrary<ExpressionPlan>;

function argumentsOf(usable: readonly Way[], exact: boolean): Arguments {
  const made = new Map<string, fc.Arbitrary<ExpressionPlan>>();
  const of: Arguments = (kind, left) => {
    const key = `${kind} ${String(left)}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const now = fc.constant<ExpressionPlan>({ node: "now", type: "timestamp" });
    const leaves = fc.oneof(
      { weight: 3, arbitrary: columnOf(kind) },
      { weight: 1, arbitrary: literalOf(kind) },
      ...(kind === "timestamp" && !exact ? [{ weight: 1, arbitrary: now }] : []),
    );
    const calls =
      left === 0 ? [] : usable.filter((way) => resultOf(way) === kind).map((way) => callOf(way, left, of, exact));
    const arbitrary =
      calls.length === 0
        ? leaves
        : fc.oneof({ weight: 1, arbitrary: leaves }, { weight: 4, arbitrary: fc.oneof(...calls) });
    made.set(key, arbitrary);
    return arbitrary;
  };
  return of;
}

/** What a parameter takes where `T` is that kind; embeddings are of 3 numbers, but those of which others are made of 4. */
function takenKind(kind: Parameter["kind"], generic: ValueKind, { size }: Overload): ValueKind {
  if (kind === "T") return generic;
  if (kind === "list<T>") return `list<${generic as ScalarKind}>`;
  if (kind === "embedding") return size === undefined ? "embedding(3)" : "embedding(4)";
  return kind as ValueKind;
}

function resultOf({ overload: { returns }, kind }: Way): ValueKind {
  return returns === "T" ? kind : returns === "embedding" ? "embedding(3)" : returns;
}

function columnOf(kind: ValueKind): fc.Arbitrary<ExpressionPlan> {
  const own = Object.entries(columns).filter(([, type]) => parseTypeName(type).kind === kind);
  return fc.constantFrom(...own.map(([name, type]): ExpressionPlan => ({ node: "column", type, name })));
}

function literalOf(kind: ValueKind): fc.Arbitrary<ExpressionPlan> {
  // Lists and embeddings have no literal form.
  const values = isScalar(kind)
    ? fc.constantFrom(...(valuesOf(kind) as readonly Scalar[])).map((value): ExpressionPlan => {
        const plain = typeof value === "bigint" ? value.toString() : value;
        return { node: "literal", type: kind, value: plain };
      })
    : columnOf(kind);
  return fc.oneof(
    { weight: 9, arbitrary: values },
    { weight: 1, arbitrary: fc.constant<ExpressionPlan>({ node: "literal", type: `${kind}?`, value: null }) },
  );
}

/** Constants that fit a parameter, where few values of its kind do, by its name. */
const fitting: Readonly<Record<string, readonly (number | string)[]>> = {
  tz: [
    ...["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"],
    ...["America/New_York", "Africa/Monrovia", "Antarctica/Troll", "Africa/Casablanca", "Asia/Kathmandu"],
  ],
  ...Object.fromEntries(["index", "i", "start"].map((name) => [name, [0, 1, 2, -1, -2]])),
  length: [0, 1, 2, 3, 100],
  low: [-7, 0, 1],
  high: [2, 100, 12_345],
  n: [0, 1, -1, 2, 12, -13, 31, 400],
  separator: [",", "-", "a", " ", "|", "\u{1F600}"],
  ...Object.fromEntries(["lat", "lat1", "lat2"].map((name) => [name, [0, 52.52, -33.86, 90, -90, 45, 1e-7, 57.64911]])),
  ...Object.fromEntries(["lon", "lon1", "lon2"].map((name) => [name, [0, 13.4, 151.2, 180, -180, -179.9, 10.40744]])),
};

/** The same where only one function's parameter of that name has few that fit. */
const fittingOf: Readonly<Record<string, readonly string[]>> = {
  "float x string": ["0", "-7", "3.25", " -2e3 ", "\t-.5e1\n", "+7", "5.", "1e-400", "9007199254740993", "-0", "0.1"],
  ...Object.fromEntries(
    ["part text string", "split text string"].map((name) => [
      name,
      ["a,b,,c", "2024-02-29", "a-b,c a|d", "-,a| \u{1F600}", ",", "\u{1F600}a\u{1F600}, -|a"],
    ]),
  ),
};

/** An argument: for some parameters mostly a constant that fits. */
function argumentOf(
  { entry }: Way,
  name: string,
  kind: ValueKind,
  left: number,
  of: Arguments,
): fc.Arbitrary<ExpressionPlan> {
  const constants = fittingOf[`${entry.name} ${name} ${kind}`] ?? fitting[name];
  if (constants === undefined) return of(kind, left);
  const literals = fc
    .constantFrom(...constants)
    .map((value): ExpressionPlan => ({ node: "literal", type: kind, value }));
  return fc.oneof({ weight: 3, arbitrary: literals }, { weight: 1, arbitrary: of(kind, left) });
}

function callOf(way: Way, left: number, of: Arguments, exact: boolean): fc.Arbitrary<ExpressionPlan> {
  const { entry, overload, kind } = way;
  const values = overload.takes.filter(({ constant }) => constant !== true);
  const constants = overload.takes.filter(({ constant }) => constant === true);
  const one = (parameter: Parameter, depth: number): fc.Arbitrary<ExpressionPlan> =>
    exact && parameter.name === "tz"
      ? fc.constant<ExpressionPlan>({ node: "literal", type: "string", value: "UTC" })
      : argumentOf(way, parameter.name, takenKind(parameter.kind, kind, overload), depth, of);
  const lists = (deep: number | undefined): fc.Arbitrary<ExpressionPlan[]> =>
    fc
      .tuple(
        ...values.map((parameter, i) => {
          const depth = deep === undefined || deep === i ? left - 1 : Math.min(left - 1, 1);
          return parameter.rest === true
            ? fc.array(one(parameter, depth), { minLength: 1, maxLength: 3 })
            : one(parameter, depth).map((arg) => [arg]);
        }),
      )
      .map((all) => all.flat());
  const args = left <= wide ? lists(undefined) : fc.nat({ max: values.length - 1 }).chain(lists);
  const options =
    overload.size === undefined
      ? fc.record(Object.fromEntries(constants.map((parameter) => [parameter.name, constantOf(way, parameter)])))
      : fc.constantFrom(0, 1).map((from): Record<string, Constant> => ({ from, to: from + 3 }));
  return fc.tuple(args, options).map(([given, chosen]) => {
    const missing = given.map((arg) => parseTypeName(arg.type).optional);
    const optional =
      overload.partial === true ||
      (entry.missing === "propagates" ? missing.some(Boolean) : (entry.optional?.(missing) ?? true));
    const tables = tablesOf(entry, given);
    const call: CallPlan = {
      node: "call",
      type: typeName({ kind: resultOf(way), optional }),
      function: entry.name,
      version: entry.version,
      ...(tables === undefined ? {} : { tables }),
      args: given,
      ...(constants.length === 0 ? {} : { options: chosen }),
    };
    return call;
  });
}

/** Constants that are texts, of which few are right, by function and parameter. */
function wordsOf({ entry: { name }, overload }: Way, parameter: string): readonly string[] | undefined {
  if (parameter === "pattern")
    return ["a", "^.$", "[0-9]+", "(?i)[à-ÿ]", "\\s", "x{2,3}|b*", "[[:alpha:]]$", "^[^a-c]*$"];
  if (parameter !== "unit") return undefined;
  const calendar = ["week", "month", "year"];
  const isDate = overload.takes[0]?.kind === "date";
  if (name === "trunc") return isDate ? calendar : ["minute", "hour", "day", ...calendar];
  if (name === "diff") return ["seconds", "minute", "hours", "day", "weeks"];
  return isDate ? ["day", "days", ...calendar] : ["second", "minutes", "hour", "day", "days", ...calendar, "months"];
}

function constantOf(way: Way, { name, kind }: Parameter): fc.Arbitrary<Constant> {
  const words = wordsOf(way, name);
  if (words !== undefined) return fc.constantFrom(...words);
  const several = <T extends boolean | number | string>(values: readonly T[]): fc.Arbitrary<readonly T[]> =>
    fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 4 });
  switch (kind) {
    case "int list":
      return several(ints.map((value) => (typeof value === "bigint" ? value.toString() : value)));
    case "number list":
      // Edges ascend.
      return name === "edges"
        ? several(floats).map((edges) => [...new Set(edges)].sort((a, b) => a - b))
        : several(floats);
    case "text list":
      return several(texts);
    case "string":
      return fc.constantFrom(...texts);
    case "int":
      return fc.constantFrom(...(wholeOf[name] ?? [1, 7, 24]));
    default:
      return fc.constantFrom(1, 7, 24, 0.5);
  }
}

/** Whole numbers that are constants, by parameter. */
const wholeOf: Readonly<Record<string, readonly number[]>> = {
  index: [0, 1, 2],
  part: [0, 1, 7],
  n: [1, 7, 1000, 2 ** 32],
  seed: [0, 7, 2 ** 32 - 1],
  precision: [1, 2, 5, 7, 11, 12],
};

/** The way a call was made, as {@link Way} names it. */
export function idOf(call: CallPlan): string {
  const args = call.args.map((arg) => parseTypeName(arg.type).kind);
  const found = ways.find(({ entry, overload, kind }) => {
    if (entry.name !== call.function) return false;
    const values = overload.takes.filter(({ constant }) => constant !== true);
    if (args.length !== values.length && values.at(-1)?.rest !== true) return false;
    return args.every((arg, i) => {
      const own = (values[i] ?? values.at(-1))?.kind;
      if (own === "embedding") return isEmbedding(arg);
      if (own === "list<T>") return arg === `list<${kind as ScalarKind}>`;
      return own === arg || (own === "T" && (i === 0 && values.length === 3 ? arg === "bool" : arg === kind));
    });
  });
  return found?.id ?? `${call.function}(${args.join(", ")})`;
}
