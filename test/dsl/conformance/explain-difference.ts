import {
  canonicalJson,
  isScalar,
  parseTypeName,
  type TypeName,
  typeName,
  type Value,
} from "../../../src/core/index.ts";
import { columnsOf, type ExpressionPlan, parts } from "../../../src/dsl/index.ts";
import { type Answers, answersOf, firstDifference } from "./answers.ts";
import { naiveValue } from "../../oracle/naive-expression.ts";
import type { Row } from "../run-rows.ts";

/** The seed, the smallest expression found that still differs, what it reads of the row, and all answers. */
export function explainDifference(seed: number, plan: ExpressionPlan, row: Row): string {
  const small = simplified(innermost(plan, row), row);
  const read = Object.fromEntries([...columnsOf(small), "now"].map((name) => [name, row[name] ?? null]));
  const lines = Object.entries(shown(answersOf(small, [row]))).map(([way, value]) => `  ${way}: ${value}`);
  return [
    `seed ${String(seed)}: the answers differ`,
    `expression: ${canonicalJson(small)}`,
    `row: ${show(read)}`,
    ...lines,
  ].join("\n");
}

function differs(plan: ExpressionPlan, row: Row): boolean {
  return firstDifference(answersOf(plan, [row])) !== undefined;
}

/** The innermost part that differs: its own parts all agree. */
function innermost(plan: ExpressionPlan, row: Row): ExpressionPlan {
  const part = parts(plan).find((candidate) => differs(candidate, row));
  return part === undefined ? plan : innermost(part, row);
}

/** The same with constants for as many of its arguments as may be. */
function simplified(plan: ExpressionPlan, row: Row): ExpressionPlan {
  if (plan.node !== "call") return plan;
  let small = plan;
  for (const [i, arg] of plan.args.entries()) {
    const literal = literalOf(naiveValue(arg, row), arg.type);
    if (literal === undefined) continue;
    const simpler = { ...small, args: small.args.map((own, j) => (i === j ? literal : own)) };
    if (differs(simpler, row)) small = simpler;
  }
  return small;
}

/** A constant of a value; lists and embeddings have none. */
function literalOf(value: Value, type: TypeName): ExpressionPlan | undefined {
  const { kind } = parseTypeName(type);
  if (value === null) return { node: "literal", type: typeName({ kind, optional: true }), value };
  if (typeof value === "object" || !isScalar(kind)) return undefined;
  return { node: "literal", type: kind, value: typeof value === "bigint" ? value.toString() : value };
}

function shown(answers: Answers): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(answers).map(([way, [value = null]]) => [way, show(value)]));
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part.toString()}n` : part));
}
