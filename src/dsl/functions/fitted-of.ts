import { parseTypeName, TondoError } from "../../core/index.ts";
import { type ExpressionPlan, type Fitted, type FittedPlan, type Parameters, walk } from "../plan/index.ts";
import { type FittedFunction, hasForm } from "./fitted-function.ts";
import { fittedFunctions } from "./fitted/index.ts";

/**
 * The entry that a plan's fitted function is.
 *
 * @throws TondoError `DEFINITIONS_INVALID` where this program has none of that version
 */
export function fittedOf(plan: FittedPlan): FittedFunction {
  const entry = fittedFunctions.get(plan.function);
  if (entry?.version === plan.version) return entry;
  throw new TondoError(
    "DEFINITIONS_INVALID",
    `this program has no fitted function "${plan.function}" of version ${String(plan.version)}`,
    {
      hint: "The plan was made by another version of Tondo: use that one, or apply the definitions anew and train again.",
    },
  );
}

/** The different fits that some expressions need, outer before inner. */
export function fitsOf(expressions: readonly ExpressionPlan[]): readonly FittedPlan[] {
  const plans = new Map<string, FittedPlan>();
  const seen = new Set<ExpressionPlan>();
  for (const value of expressions) {
    if (seen.has(value)) continue;
    seen.add(value);
    for (const node of walk(value)) if (node.node === "fitted") plans.set(node.fit, node);
  }
  return [...plans.values()];
}

/**
 * What a fitted function found, if it has the form that the function takes.
 *
 * @throws TondoError `VECTOR_UNFITTED` where it was not fitted, or with parameters of another form
 */
export function parametersOf(plan: FittedPlan, fitted: Fitted): Parameters {
  const found: unknown = Object.hasOwn(fitted, plan.fit) ? fitted[plan.fit] : undefined;
  const problem = found === undefined ? "has not been fitted" : fault(plan, found);
  if (problem === undefined) return found as Parameters;
  throw new TondoError("VECTOR_UNFITTED", `"${plan.function}" ${problem}`, {
    hint: "Make a training set with this vector first: it fits on the training rows and keeps what it found.",
  });
}

/** Says what is wrong with fitted parameters as some expressions need them, from a file say; nothing where they are right. */
export function fittedFault(expressions: readonly ExpressionPlan[], fitted: unknown): string | undefined {
  if (!isRecord(fitted)) return "what was fitted is no object";
  for (const plan of fitsOf(expressions)) {
    const problem = Object.hasOwn(fitted, plan.fit) ? fault(plan, fitted[plan.fit]) : "has not been fitted";
    if (problem !== undefined) return `"${plan.function}" ${problem}`;
  }
  return undefined;
}

function fault(plan: FittedPlan, found: unknown): string | undefined {
  const { holds } = fittedOf(plan);
  const { kind } = parseTypeName(plan.arg.type);
  if (!isRecord(found)) return "has damaged parameters";
  const names = Object.keys(holds);
  const right =
    Object.keys(found).length === names.length &&
    Object.entries(holds).every(
      ([name, form]) => Object.hasOwn(found, name) && hasForm(found[name] as Parameters[string], form, kind),
    );
  return right ? undefined : `has other parameters than ${names.join(" and ")}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
