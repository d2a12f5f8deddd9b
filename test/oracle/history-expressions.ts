import * as fc from "fast-check";
import { parseTypeName, type TypeName } from "../../src/core/index.ts";
import type { CallPlan, ColumnPlan, ExpressionPlan, LiteralPlan, StoredWindowPlan } from "../../src/dsl/plan/index.ts";
import { payloadTypes } from "./history-values.ts";

/** A column by name and type. */
export function column(name: string, type: TypeName): ColumnPlan {
  return { node: "column", type, name };
}

/** A constant. */
export function literal(type: TypeName, value: LiteralPlan["value"]): LiteralPlan {
  return { node: "literal", type, value };
}

/** A call of a function of the library. */
export function call(type: TypeName, name: string, ...args: readonly ExpressionPlan[]): CallPlan {
  return { node: "call", type, function: name, version: 1, args };
}

/** The names of the columns an expression reads. */
export function columnsOf(expression: ExpressionPlan): readonly string[] {
  if (expression.node === "column") return [expression.name];
  return expression.node === "call" ? expression.args.flatMap(columnsOf) : [];
}

const x = column("x", payloadTypes.x);
const n = column("n", payloadTypes.n);
const s = column("s", payloadTypes.s);
const b = column("b", payloadTypes.b);

/** Numbers to add up. */
const numbers: fc.Arbitrary<ExpressionPlan> = fc.constantFrom<ExpressionPlan[]>(
  x,
  x,
  x,
  n,
  n,
  call("float?", "mul", x, literal("float", 0.5)),
  call("float?", "add", x, x),
  call("int?", "add", n, literal("int", 1)),
  call("int?", "mul", n, n),
  call("int?", "sub", literal("int", 0), n),
  call("int", "coalesce", n, literal("int", 0)),
  call("float", "coalesce", x, literal("float", 1)),
);

const comparisons = fc.constantFrom("eq", "ne", "lt", "le", "gt", "ge");
const atoms: fc.Arbitrary<ExpressionPlan> = fc.oneof(
  fc
    .tuple(comparisons, fc.constantFrom(0, 0.2, 1, 2 ** 62))
    .map(([name, value]) => call("bool?", name, x, literal("float", value))),
  fc
    .tuple(comparisons, fc.constantFrom<LiteralPlan["value"][]>(0, 1, 2, "9007199254740992", "9007199254740993"))
    .map(([name, value]) => call("bool?", name, n, literal("int", value))),
  fc
    .tuple(comparisons, fc.constantFrom("a", "b", "", "\u{1F600}", "\uFF5E"))
    .map(([name, value]) => call("bool?", name, s, literal("string", value))),
  fc.constant(b),
  fc.constantFrom(x, n, s, b).map((of) => call("bool", "is_missing", of)),
);

/** Filters, three-valued. */
export const filters: fc.Arbitrary<ExpressionPlan> = fc.oneof(
  { weight: 3, arbitrary: atoms },
  { weight: 1, arbitrary: atoms.map((of) => call("bool?", "not", of)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom("and", "or"), atoms, atoms).map(([name, p, q]) => call("bool?", name, p, q)),
  },
  { weight: 1, arbitrary: fc.tuple(atoms, atoms).map(([p, q]) => call("bool?", "not", call("bool?", "or", p, q))) },
);

/** An aggregate's name, its input (none for `count()`) and its type. */
export interface Aggregate {
  readonly name: string;
  readonly input: ExpressionPlan | null;
  readonly type: TypeName;
  readonly options?: NonNullable<StoredWindowPlan["options"]>;
}

/** A column of each kind. */
const anything = fc.constantFrom<ExpressionPlan[]>(x, n, s, b);

/** Every aggregate over every kind of input that it takes. */
export const aggregates: fc.Arbitrary<Aggregate> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ name: "count", input: null, type: "int?" as const }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(x, n, s, b).map((input) => ({ name: "count", input, type: "int?" as const })),
  },
  { weight: 3, arbitrary: numbers.map((input) => ({ name: "sum", input, type: optional(input.type) })) },
  {
    weight: 2,
    arbitrary: fc.oneof(numbers, fc.constant(b)).map((input) => ({ name: "mean", input, type: "float?" as const })),
  },
  { weight: 1, arbitrary: fc.constant({ name: "sum", input: b, type: "int?" as const }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("var", "std"), numbers)
      .map(([name, input]) => ({ name, input, type: "float?" as const })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(0, 0.1, 0.5, 0.9, 1), numbers).map(([p, input]) => ({
      ...{ name: "quantile", input, type: "float?" as const },
      options: { p },
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(1, 2, 10_000), fc.oneof(numbers, anything))
      .map(([limit, input]) => ({ name: "distinct", input, type: "int?" as const, options: { limit } })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom("last_k", "topk"),
        fc.constantFrom(1, 2, 5),
        fc.constantFrom(2, 10_000),
        fc.oneof(numbers, anything),
      )
      .map(([name, length, limit, input]) => ({
        ...{ name, input, type: `list<${parseTypeName(input.type).kind}>?` as TypeName },
        options: name === "topk" ? { k: length, limit } : { n: length },
      })),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(numbers, anything).map((input) => ({ name: "approx_distinct", input, type: "int?" as const })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("min", "max"), fc.oneof(numbers, fc.constantFrom(s, b)))
      .map(([name, input]) => ({ name, input, type: optional(input.type) })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom("first", "last", "last"), fc.constantFrom(false, true, true), fc.oneof(numbers, anything))
      .map(([name, skips, input]) => ({
        ...{ name, input, type: optional(input.type) },
        ...(skips ? {} : { options: { skip_missing: false } }),
      })),
  },
);

/** The type of which values may be missing. */
export function optional(type: TypeName): TypeName {
  return type.endsWith("?") ? type : (`${type}?` as TypeName);
}
