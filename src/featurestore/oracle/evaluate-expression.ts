import type { Value } from "../../core/index.ts";
import type { CallPlan, ExpressionPlan } from "../../dsl/index.ts";
import { compareValues, enter, isSafe, type Row } from "./values.ts";

/** What an expression may read: the columns of one row, values that were found before, and the moment of the request. */
export interface Scope {
  readonly columns: Row;
  readonly stored?: Row;
  readonly now?: number;
}

/** The value of an expression by walking its tree, for some functions. */
export function evaluateExpression(expression: ExpressionPlan, scope: Scope): Value {
  switch (expression.node) {
    case "literal":
      // An int beyond the safe ones is written as decimal text.
      return expression.type.startsWith("int") && typeof expression.value === "string"
        ? enter(BigInt(expression.value), "int")
        : enter(expression.value, expression.type);
    case "column":
      return enter(scope.columns[expression.name], expression.type);
    case "now":
      return scope.now ?? null;
    case "call":
      return call(
        expression,
        expression.args.map((arg) => evaluateExpression(arg, scope)),
      );
    case "stored":
      if (scope.stored === undefined || !Object.hasOwn(scope.stored, expression.name))
        throw new Error(`"${expression.name}" was not found before`);
      return scope.stored[expression.name] ?? null;
    case "fitted":
      throw new Error(`the oracle evaluates no "${expression.node}" expressions`);
  }
}

/** The functions that are evaluated here; whoever asks for more must have them computed before. */
export const knownFunctions: ReadonlySet<string> = new Set([
  "coalesce",
  "is_missing",
  "and",
  "or",
  "not",
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "add",
  "sub",
  "mul",
]);

function call(plan: CallPlan, args: readonly Value[]): Value {
  const [a = null, b = null] = args;
  switch (plan.function) {
    // These look at missing values themselves...
    case "coalesce":
      return args.find((arg) => arg !== null) ?? null;
    case "is_missing":
      return a === null;
    case "and":
      return args.includes(false) ? false : args.includes(null) ? null : true;
    case "or":
      return args.includes(true) ? true : args.includes(null) ? null : false;
  }
  // ...and everywhere else missing propagates.
  if (args.includes(null)) return null;
  switch (plan.function) {
    case "not":
      return a !== true;
    case "eq":
      return compareValues(a, b) === 0;
    case "ne":
      return compareValues(a, b) !== 0;
    case "lt":
      return compareValues(a, b) < 0;
    case "le":
      return compareValues(a, b) <= 0;
    case "gt":
      return compareValues(a, b) > 0;
    case "ge":
      return compareValues(a, b) >= 0;
    case "add":
    case "sub":
    case "mul":
      return plan.type.startsWith("float")
        ? enter(floatArithmetic(plan.function, Number(a), Number(b)), "float")
        : intArithmetic(plan.function, BigInt(a as number | bigint), BigInt(b as number | bigint));
    default:
      throw new Error(`the oracle does not know the function "${plan.function}"`);
  }
}

function floatArithmetic(operator: "add" | "sub" | "mul", a: number, b: number): number {
  return operator === "add" ? a + b : operator === "sub" ? a - b : a * b;
}

/** Exact, or missing where an operand or the result lies beyond ±(2^53 - 1). */
function intArithmetic(operator: "add" | "sub" | "mul", a: bigint, b: bigint): number | null {
  const result = operator === "add" ? a + b : operator === "sub" ? a - b : a * b;
  return isSafe(a) && isSafe(b) && isSafe(result) ? Number(result) : null;
}
