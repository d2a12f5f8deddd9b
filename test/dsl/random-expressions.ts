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
  ],
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
const dates: readonly number[] = [0, 1, -1, 19_782, -36_524, 100_000, 104_249, 104_250, -104_250, 18_626, safe, -safe];

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
      return moments;
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

/** A row with a value for each column; one in eight of those that may be missing is. */
export const rows: fc.Arbitrary<Readonly<Record<string, Value>>> = fc.record(
  Object.fromEntries(
    Object.entries(columns).map(([name, type]) => {
      const { kind, optional } = parseTypeName(type);
      const value = fc.constantFrom(...valuesOf(kind));
      return [name, optional ? fc.oneof({ weight: 7, arbitrary: value }, fc.constant(null)) : value];
    }),
  ),
);

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

/** Expressions of each kind, at most so deep; `exact` ones have an SQL form, but for literals that have none. */
export function expressions(exact: boolean, depth: number): fc.Arbitrary<ExpressionPlan> {
  const usable = exact ? ways.filter(({ overload }) => overload.sql !== undefined) : ways;
  const made = new Map<string, fc.Arbitrary<ExpressionPlan>>();
  const of = (kind: ValueKind, left: number): fc.Arbitrary<ExpressionPlan> => {
    const key = `${kind} ${String(left)}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const leaves = fc.oneof({ weight: 3, arbitrary: columnOf(kind) }, { weight: 1, arbitrary: literalOf(kind) });
    const calls =
      left === 0 ? [] : usable.filter((way) => resultOf(way) === kind).map((way) => callOf(way, left, of, exact));
    const arbitrary =
      calls.length === 0
        ? leaves
        : fc.oneof({ weight: 1, arbitrary: leaves }, { weight: 4, arbitrary: fc.oneof(...calls) });
    made.set(key, arbitrary);
    return arbitrary;
  };
  // Each way as often at the root.
  return fc.oneof(...usable.map((way) => callOf(way, depth, of, exact)));
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

/** Few texts are zones. */
const zones = fc
  .constantFrom("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia")
  .map((value): ExpressionPlan => ({ node: "literal", type: "string", value }));

/** Few ints are places in a list, or among the parts of a text. */
const places = fc
  .constantFrom(0, 1, 2, -1, -2)
  .map((value): ExpressionPlan => ({ node: "literal", type: "int", value }));

function callOf(
  way: Way,
  left: number,
  of: (kind: ValueKind, left: number) => fc.Arbitrary<ExpressionPlan>,
  exact: boolean,
): fc.Arbitrary<ExpressionPlan> {
  const { entry, overload, kind } = way;
  const values = overload.takes.filter(({ constant }) => constant !== true);
  const constants = overload.takes.filter(({ constant }) => constant === true);
  const one = (parameter: Parameter): fc.Arbitrary<ExpressionPlan> =>
    parameter.name === "tz"
      ? exact
        ? fc.constant<ExpressionPlan>({ node: "literal", type: "string", value: "UTC" })
        : fc.oneof({ weight: 3, arbitrary: zones }, { weight: 1, arbitrary: of("string", left - 1) })
      : parameter.name === "index" || parameter.name === "i"
        ? fc.oneof({ weight: 3, arbitrary: places }, { weight: 1, arbitrary: of("int", left - 1) })
        : of(takenKind(parameter.kind, kind, overload), left - 1);
  const args = fc
    .tuple(
      ...values.map((parameter) =>
        parameter.rest === true
          ? fc.array(one(parameter), { minLength: 1, maxLength: 3 })
          : one(parameter).map((arg) => [arg]),
      ),
    )
    .map((lists) => lists.flat());
  const options =
    overload.size === undefined
      ? fc.record(Object.fromEntries(constants.map((parameter) => [parameter.name, constantOf(parameter)])))
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

/** Few texts are units, or patterns. */
const wordsOf: Readonly<Record<string, readonly string[]>> = {
  unit: ["minute", "hour", "day", "days", "week", "month", "year"],
  pattern: ["a", "^.$", "[0-9]+", "(?i)[à-ÿ]", "\\s", "x{2,3}|b*"],
};

function constantOf({ name, kind }: Parameter): fc.Arbitrary<Constant> {
  const words = wordsOf[name];
  if (words !== undefined) return fc.constantFrom(...words);
  const several = <T extends boolean | number | string>(values: readonly T[]): fc.Arbitrary<readonly T[]> =>
    fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 4 });
  switch (kind) {
    case "int list":
      return several(ints.map((value) => (typeof value === "bigint" ? value.toString() : value)));
    case "number list":
      return several(floats);
    case "text list":
      return several(texts);
    case "string":
      return fc.constantFrom(...texts);
    case "int":
      return name === "index" ? fc.constantFrom(0, 1, 2) : fc.constantFrom(1, 7, 24);
    default:
      return fc.constantFrom(1, 7, 24, 0.5);
  }
}

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
