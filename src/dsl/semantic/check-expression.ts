import { type TypeName, typeName } from "../../core/index.ts";
import { aggregates, fittedFunctions, fittedKey, maxInt, scalarFunctions } from "../functions/index.ts";
import type { ExpressionPlan } from "../plan/index.ts";
import type { CallExpression, Expression, LiteralExpression } from "../syntax/index.ts";
import { type Checked, resolveCall, typeOf, widened } from "./resolve-call.ts";
import { didYouMean, type Report } from "./report.ts";
import type { Scope } from "./scope.ts";

/** How deep an expression may be: a sum of so many terms, say. */
const maxDepth = 400;

/** Types an expression as written into its plan, or reports why it has none. */
export function checkExpression(expression: Expression, scope: Scope, report: Report): ExpressionPlan | undefined {
  const checked = check(expression, scope, report, 0);
  if (checked === undefined || "list" in checked) {
    return checked === undefined
      ? undefined
      : report.error("list-alone", "a list stands only where a function takes one", expression.span);
  }
  if (checked.plan.node === "literal" && checked.plan.value === null) {
    return report.error(
      "bare-missing",
      "`missing` alone has no type",
      expression.span,
      'to test for it write "x is missing"',
    );
  }
  return checked.plan;
}

function check(expression: Expression, scope: Scope, report: Report, depth: number): Checked | undefined {
  if (depth > maxDepth)
    return report.error("too-deep", `an expression may be ${String(maxDepth)} steps deep`, expression.span);
  const plain = (plan: ExpressionPlan | undefined): Checked | undefined =>
    plan === undefined ? undefined : { plan, span: expression.span };
  switch (expression.kind) {
    case "literal":
      return plain(checkLiteral(expression, report));
    case "name":
      return plain(scope.name(expression.name));
    case "now":
      if (scope.now) return plain({ node: "now", type: "timestamp" });
      return report.error(
        "now-here",
        "`now` has no meaning here: it is the moment of a request",
        expression.span,
        "use it in a vector or in a feature made from siblings",
      );
    case "reference":
      return plain(scope.reference(expression));
    case "list": {
      const list: ExpressionPlan[] = [];
      for (const item of expression.items) {
        const checked = check(item, scope, report, depth + 1);
        if (checked === undefined) return undefined;
        if ("list" in checked || checked.plan.node !== "literal") {
          return report.error("list-item", "a list holds constants only", item.span);
        }
        list.push(checked.plan);
      }
      return { list, span: expression.span };
    }
    case "call":
      return plain(checkCall(expression, scope, report, depth));
  }
}

function checkLiteral({ type, value, span }: LiteralExpression, report: Report): ExpressionPlan | undefined {
  switch (type) {
    case "missing":
      return { node: "literal", type: "float?", value: null };
    case "int": {
      const digits = BigInt(String(value));
      if (digits < -(2n ** 63n) || digits >= 2n ** 63n)
        return report.error("bad-number", "this whole number does not fit into 64 bits", span);
      const safe = digits >= -BigInt(maxInt) && digits <= BigInt(maxInt);
      return { node: "literal", type: "int", value: safe ? Number(digits) : digits.toString() };
    }
    case "float":
      return { node: "literal", type, value: Number(value) + 0 };
    default:
      return { node: "literal", type, value };
  }
}

function checkCall(call: CallExpression, scope: Scope, report: Report, depth: number): ExpressionPlan | undefined {
  const name = call.name.text;
  if (call.window !== undefined) {
    if (aggregates.has(name)) return scope.aggregate(call);
    return report.error(
      "not-an-aggregate",
      `"${name}" is no aggregate, so \`over\` does not go with it`,
      call.name.span,
      didYouMean(name, aggregates.keys()) ?? `aggregates are ${[...aggregates.keys()].join(", ")}`,
    );
  }
  const fitted = fittedCall(call, scope, report, depth);
  if (fitted !== "no") return fitted;
  const resolved = name === "fill" ? "coalesce" : name;
  const entry = call.form === "operator" || !operatorOnly.has(name) ? scalarFunctions.get(resolved) : undefined;
  if (entry === undefined) {
    if (aggregates.has(name)) {
      return report.error(
        "missing-over",
        `the aggregate "${name}" needs a window`,
        call.span,
        `write ${name}(...) over 7d`,
      );
    }
    const known = [...scalarFunctions.keys(), ...aggregates.keys(), "fill", "zscore"].filter(
      (word) => !operatorOnly.has(word),
    );
    return report.error("unknown-function", `there is no function "${name}"`, call.name.span, didYouMean(name, known));
  }
  // `min(x)` of one value is most often an aggregate whose window was forgotten.
  if (aggregates.has(name) && call.args.length === 1) {
    return report.error(
      "missing-over",
      `the aggregate "${name}" needs a window`,
      call.span,
      `write ${name}(...) over 7d`,
    );
  }
  const args: { name?: string; value: Checked }[] = [];
  for (const arg of call.args) {
    const value = check(arg.value, scope, report, depth + 1);
    if (value === undefined) return undefined;
    args.push(arg.name === undefined ? { value } : { name: arg.name.text, value });
  }
  return resolveCall(entry, args, call, report);
}

const operatorOnly: ReadonlySet<string> = new Set([
  "add",
  "sub",
  "mul",
  "divide",
  "neg",
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "and",
  "or",
  "not",
  "in",
  "is_missing",
]);

/** `fill(mean)`, `zscore`: `"no"` where the call is none of them. */
function fittedCall(
  call: CallExpression,
  scope: Scope,
  report: Report,
  depth: number,
): ExpressionPlan | undefined | "no" {
  const [first, second, third] = call.args;
  if (first === undefined || third !== undefined) return "no";
  const word = second?.value.kind === "name" ? second.value.name.text : undefined;
  const entry = fittedFunctions.get(fittedKey(call.name.text, second === undefined ? undefined : (word ?? "")));
  if (entry === undefined) return "no";
  const checked = check(first.value, scope, report, depth + 1);
  if (checked === undefined) return undefined;
  const arg = "list" in checked ? undefined : widened(checked.plan, "float");
  if (arg === undefined) {
    return report.error("wrong-type", `"${call.name.text}" takes a float`, first.value.span);
  }
  const plan = { function: fittedKey(entry.name, entry.word), version: entry.version, arg };
  const fit = scope.fitted(call, plan);
  if (fit === undefined) return undefined;
  const type: TypeName = typeName({ kind: "float", optional: entry.optional(typeOf(arg).optional) });
  return { node: "fitted", type, ...plan, fit };
}
