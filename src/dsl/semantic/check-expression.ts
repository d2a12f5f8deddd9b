import {
  aggregates,
  composedAggregates,
  fittedFunctions,
  type FunctionLibrary,
  maxInt,
  scalarFunctions,
} from "../functions/index.ts";
import type { ExpressionPlan } from "../plan/index.ts";
import { type CallExpression, didYouMean, type Expression, type LiteralExpression } from "../syntax/index.ts";
import { expansionOf } from "./expansion.ts";
import { planLimits, planSize } from "./plan-size.ts";
import { resolveChain } from "./resolve-chain.ts";
import { type Checked, resolveCall } from "./resolve-call.ts";
import { fittedForm, resolveFitted } from "./resolve-fitted.ts";
import type { Report } from "./report.ts";
import type { Scope } from "./scope.ts";

const nowHere = "`now` has no meaning here: it is the moment of a request";

/** How deep an expression may be: a sum of so many terms, say. */
const maxDepth = 400;

/** Types an expression as written into its plan, or reports why it has none. */
export function checkExpression(expression: Expression, scope: Scope, report: Report): ExpressionPlan | undefined {
  const checked = check(expression, scope, report, 0);
  if (checked === undefined || "list" in checked) {
    return checked === undefined
      ? undefined
      : report.error(
          "list-alone",
          "a list stands only where a function takes one",
          expression.span,
          "x in [1, 2], bucket(x, [0, 10]) and onehot(x, [...]) do",
        );
  }
  if (checked.plan.node === "literal" && checked.plan.value === null) {
    return report.error(
      "bare-missing",
      "`missing` alone has no type",
      expression.span,
      'to test for it write "x is missing"',
    );
  }
  const { nodes, depth } = planSize(checked.plan);
  if (depth > planLimits.depth || nodes > planLimits.nodes) {
    return report.error(
      "too-large",
      nodes > planLimits.nodes
        ? `this comes to ${String(nodes)} steps, of ${String(planLimits.nodes)} allowed, once all it names is written out`
        : `this is ${String(depth)} steps deep, of ${String(planLimits.depth)} allowed, once all it names is written out`,
      expression.span,
      "make several slots of it",
    );
  }
  return checked.plan;
}

function check(expression: Expression, scope: Scope, report: Report, depth: number): Checked | undefined {
  if (depth > maxDepth || report.deep)
    return report.error(
      "too-deep",
      `an expression may be ${String(maxDepth)} steps deep`,
      expression.span,
      "name a part of it with let, or put brackets around halves of a long sum",
    );
  report.enter();
  const checked = checkParts(expression, scope, report, depth);
  if (checked !== undefined && "plan" in checked) report.places.put(checked.plan, expression.span);
  report.leave();
  if (checked !== undefined && "plan" in checked) report.typed(expression.span, checked.plan.type);
  return checked;
}

function checkParts(expression: Expression, scope: Scope, report: Report, depth: number): Checked | undefined {
  const plain = (plan: ExpressionPlan | undefined): Checked | undefined =>
    plan === undefined ? undefined : { plan, span: expression.span };
  switch (expression.kind) {
    case "literal":
      return plain(checkLiteral(expression, report));
    case "name":
      return plain(scope.name(expression.name));
    case "now":
      if (scope.now) return plain({ node: "now", type: "timestamp" });
      return report.error("now-here", nowHere, expression.span, "use it in a vector");
    case "reference":
      return plain(scope.reference(expression));
    case "list": {
      const list: ExpressionPlan[] = [];
      for (const item of expression.items) {
        const checked = check(item, scope, report, depth + 1);
        if (checked === undefined) return undefined;
        if ("list" in checked || checked.plan.node !== "literal") {
          return report.error(
            "list-item",
            "a list holds constants only",
            item.span,
            "write the values out; what differs from row to row is compared with == and or",
          );
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
        return report.error("bad-number", "this whole number does not fit into 64 bits", span, "as a float write 1e20");
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
    if (isAggregate(name)) return scope.aggregate(call);
    return report.error(
      "not-an-aggregate",
      `"${name}" is no aggregate, so \`over\` does not go with it`,
      call.name.span,
      () => otherwise.get(name) ?? didYouMean(name, aggregateNames) ?? `aggregates are ${aggregateNames.join(", ")}`,
    );
  }
  const fitted = fittedForm(call, scope, report);
  if (fitted === "wrong") return undefined;
  if (fitted !== "no") {
    const checked = check(fitted.argument, scope, report, depth + 1);
    return checked === undefined || isExpansion(checked, fitted.argument, report)
      ? undefined
      : resolveFitted(fitted, checked, call, scope, report);
  }
  const resolved = call.form === "operator" ? name : (written.get(name) ?? name);
  const entry =
    call.form === "operator" || !operatorOnly.has(resolved)
      ? (scalarFunctions.get(resolved) ?? report.functions.get(name))
      : undefined;
  if (entry === undefined) {
    if (isAggregate(name)) return scope.aggregate(call);
    return report.error("unknown-function", `there is no function "${name}"`, call.name.span, () =>
      nearFunction(name, report.functions),
    );
  }
  // `min(x)` of one value is most often an aggregate whose window was forgotten.
  if (isAggregate(name) && call.args.length === 1) return scope.aggregate(call);
  const args: { name?: string; value: Checked }[] = [];
  for (const arg of call.args) {
    const value = check(arg.value, scope, report, depth + 1);
    if (value === undefined) return undefined;
    if (isExpansion(value, arg.value, report)) return undefined;
    args.push(arg.name === undefined ? { value } : { name: arg.name.text, value });
  }
  const moment = entry.overloads[0]?.takes.findIndex(({ now }) => now === true) ?? -1;
  if (moment >= 0 && args.length === moment) {
    if (!scope.now) return report.error("now-here", nowHere, call.span, "use it in a vector");
    args.push({ value: { plan: { node: "now", type: "timestamp" }, span: call.span } });
  }
  return entry.chain === undefined
    ? resolveCall(entry, args, call, report)
    : resolveChain(entry, entry.chain, args, call, report);
}

/** Functions that are written by another name than the library's, whose own is an operator's. */
export const written: ReadonlyMap<string, string> = new Map([
  ["fill", "coalesce"],
  ["add", "add_calendar"],
  ["add_calendar", "add"],
]);

const aggregateNames: readonly string[] = [...aggregates.keys(), ...composedAggregates.keys()];

function isAggregate(name: string): boolean {
  return aggregates.has(name) || composedAggregates.has(name);
}

/** Whether an argument is a function that gives several slots; that is reported. */
function isExpansion(value: Checked, { span }: Expression, report: Report): boolean {
  const expansion = "list" in value ? undefined : expansionOf(value.plan);
  if (expansion === undefined) return false;
  report.error(
    "expansion-inside",
    `"${expansion.name}" gives several slots: nothing can be computed from it`,
    span,
    "it stands outermost in a slot: compute before it",
  );
  return true;
}

/** Entries of the library that are written as operators only. */
export const operatorOnly: ReadonlySet<string> = new Set([
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

/** Words that people look for, and what is there instead. */
const otherwise: ReadonlyMap<string, string> = new Map([
  ["avg", "write mean"],
  ["average", "write mean"],
  ["cast", "write int(x) or float(x)"],
  ["ifnull", "write x ?? 0"],
  ["isnull", "write x is missing"],
  ["len", "write len(text)"],
  ["length", "write len(text)"],
  ["ln", "write log, the natural logarithm"],
  ["lowercase", "write lower"],
  ["nvl", "write x ?? 0"],
  ["substring", "write substr(text, start, length), which counts from 0"],
  ["left", "write substr(text, 0, length)"],
  ["split_part", "write part(text, separator, i), which counts from 0"],
  ["regexp_matches", 'write matches(text, "pattern")'],
  ["date_trunc", 'write trunc(moment, "day")'],
  ["date_diff", 'write diff(a, b, "hours")'],
  ["datediff", 'write diff(a, b, "days")'],
  ["date_add", 'write add(moment, 1, "month")'],
  ["extract", "write year(moment), month(moment), hour(moment) ..."],
  ["weekday", "write dow(moment), Monday 1 to Sunday 7"],
  ["to_float", "write float"],
  ["uppercase", "write upper"],
]);

function nearFunction(name: string, functions: FunctionLibrary): string {
  const fitted = [...fittedFunctions.values()].map((entry) => entry.name);
  const words = [...functions.keys(), ...scalarFunctions.keys(), ...aggregateNames, ...fitted, ...written.keys()];
  return (
    otherwise.get(name.toLowerCase()) ??
    didYouMean(
      name,
      words.filter((word) => !operatorOnly.has(written.get(word) ?? word)),
    ) ??
    "functions of your own are exported from tondo.functions.ts, or registered by open({ functions })"
  );
}
