import { type Diagnostic, type TypeName, type Value } from "../../src/core/index.ts";
import {
  compile,
  compileRows,
  type ExpressionPlan,
  fromRaw,
  functionLibrary,
  parseProject,
  toRaw,
  type UserFunction,
} from "../../src/dsl/index.ts";
import type { Compilation } from "../../src/dsl/index.ts";
import { checkExpression } from "../../src/dsl/semantic/check-expression.ts";
import { columnOf } from "../../src/dsl/semantic/check-source.ts";
import { Report } from "../../src/dsl/semantic/report.ts";

/** 2024-02-29T12:34:56.789Z, the `now` of the examples. */
export const exampleNow = 1_709_210_096_789_000;

/** A project of one file. */
export function compileText(text: string, path = "test.tondo", functions: readonly UserFunction[] = []): Compilation {
  return compile(parseProject([{ path, text }]), new Map(), [], undefined, functionLibrary(functions));
}

/** One expression over some columns, checked as a vector's are, but of any type. */
export function checkOne(
  text: string,
  columns: Readonly<Record<string, TypeName>> = {},
  functions: readonly UserFunction[] = [],
): { readonly plan?: ExpressionPlan; readonly diagnostics: readonly Diagnostic[] } {
  const project = parseProject([{ path: "one.tondo", text: `vector one { x = ${text}\n}` }]);
  const [declaration] = project.declarations;
  if (declaration?.kind !== "vector") return { diagnostics: project.diagnostics };
  const value = declaration.slots[0]?.value;
  if (value === undefined) throw new Error("no slot");
  const report = new Report(undefined, functionLibrary(functions));
  let fits = 0;
  const plan = checkExpression(
    value,
    {
      now: true,
      name: (identifier) => columnOf("row", columns, identifier, report),
      reference: (reference) => report.error("reference-here", "no references here", reference.span),
      aggregate: (call) => report.error("aggregate-here", "no aggregates here", call.span),
      fitted: () => `fit${String(fits++)}`,
    },
    report,
  );
  return { ...(plan === undefined ? {} : { plan }), diagnostics: report.diagnostics };
}

/** The plan of an expression that is right. */
export function planOf(
  text: string,
  columns: Readonly<Record<string, TypeName>> = {},
  functions: readonly UserFunction[] = [],
): ExpressionPlan {
  const { plan, diagnostics } = checkOne(text, columns, functions);
  if (plan === undefined) throw new Error(`${text}: ${diagnostics.map(({ message }) => message).join("; ")}`);
  return plan;
}

/** The value of a plan for one row, by the generated JavaScript. */
export function evaluate(
  plan: ExpressionPlan,
  row: Readonly<Record<string, Value>> = {},
  now: number = exampleNow,
): Value {
  const program = compileRows([{ name: "x", value: plan }]);
  const columns = program.leaves.map(({ name, kind }) => [
    name === "now" ? now : toRaw(row[name.slice(name.indexOf(":") + 1)] ?? null, kind),
  ]);
  const results: [unknown][] = [[undefined]];
  program.run(1, columns, results as never);
  return fromRaw(results[0]?.[0] as never, program.outputs[0]?.kind ?? "float");
}

/** The value of an expression's text for one row. */
export function valueOf(
  text: string,
  columns: Readonly<Record<string, TypeName>> = {},
  row: Readonly<Record<string, Value>> = {},
): Value {
  return evaluate(planOf(text, columns), row);
}
