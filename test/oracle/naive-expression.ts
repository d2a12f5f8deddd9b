import { isScalar, parseTypeName, type TypeName, type Value } from "../../src/core/index.ts";
import type { CallPlan, ExpressionPlan } from "../../src/dsl/index.ts";
import { missingFunctions, naiveFunctions } from "./functions/index.ts";
import { enter, type Row } from "../../src/featurestore/oracle/values.ts";

/**
 * The value of an expression over the columns of one row and `now`, by walking its tree: every function as the manual says. Of what
 * stores hold or fitting finds it knows nothing.
 */
export function naiveValue(expression: ExpressionPlan, row: Row): Value {
  switch (expression.node) {
    case "literal":
      // An int beyond the safe ones is written as decimal text.
      return expression.type.startsWith("int") && typeof expression.value === "string"
        ? enter(BigInt(expression.value), "int")
        : enter(expression.value, expression.type);
    case "column":
      return entered(row[expression.name], expression.type);
    case "now":
      return row["now"] ?? null;
    case "call":
      return call(
        expression,
        expression.args.map((arg) => naiveValue(arg, row)),
      );
    case "stored":
    case "fitted":
      throw new Error(`there is no naive value of "${expression.node}" expressions`);
  }
}

/** The value of a call whose arguments have these values. */
function call(plan: CallPlan, args: readonly Value[]): Value {
  const looksItself = missingFunctions[plan.function];
  if (looksItself !== undefined) return looksItself(args);
  // Everywhere else missing propagates.
  const present = args.filter((arg) => arg !== null);
  if (present.length < args.length) return null;
  const naive = naiveFunctions.get(plan.function);
  if (naive === undefined) throw new Error(`no naive function is called "${plan.function}"`);
  return entered(naive(present, plan), plan.type);
}

/** Lists and embeddings enter as they are: they hold nothing that is missing. */
function entered(value: Value | undefined, type: TypeName): Value {
  const { kind } = parseTypeName(type);
  return isScalar(kind) ? enter(value, kind) : (value ?? null);
}
