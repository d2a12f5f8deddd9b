import { isList, parseTypeName, type ValueKind } from "../../core/index.ts";
import type { ExpressionPlan } from "../plan/index.ts";
import { arithmeticSigns, type CallExpression, comparisonSigns, operatorSigns } from "../syntax/index.ts";

/** How an operator's function is written. */
export function operatorName(name: string): string {
  const other: ReadonlyMap<string, string> = new Map([
    ["neg", "-"],
    ["coalesce", "??"],
  ]);
  return `"${operatorSigns.get(name) ?? other.get(name) ?? name}"`;
}

/** What to do where an operator does not take its sides, which are of the kinds `given`; a list has no plan. */
export function operatorHint(
  name: string,
  given: readonly string[],
  plans: readonly (ExpressionPlan | undefined)[],
  call: CallExpression,
): string | undefined {
  return constantHint(name, plans, call) ?? kindsHint(name, given, plans);
}

const called: Partial<Readonly<Record<ValueKind, readonly [article: string, needs: string]>>> = {
  int: ["an int", "a number"],
  float: ["a float", "a number"],
  string: ["a string", "a text"],
};

/** Where one side is a text or a number that is written out: what the other side is, and what goes with it. */
function constantHint(
  name: string,
  plans: readonly (ExpressionPlan | undefined)[],
  call: CallExpression,
): string | undefined {
  const place = plans.findIndex((plan) => plan?.node === "literal" && plan.value !== null);
  const [constant, other] = [plans[place], plans[1 - place]];
  if (plans.length !== 2 || constant === undefined || other === undefined || other.node === "literal") return undefined;
  if (called[parseTypeName(constant.type).kind] === undefined) return undefined;
  const { kind } = parseTypeName(other.type);
  const named = sideName(call, 1 - place);
  if (name === "coalesce" && isList(kind))
    return `${named} is a ${kind}, and no list is written out behind ??: item(list, 0) and contains(list, x) take something of it`;
  const [article, needs] = called[kind] ?? [];
  if (article === undefined || needs === undefined) return undefined;
  if (comparisonSigns.has(name)) return `${named} is ${article}: compare it with ${needs}`;
  if (name === "coalesce") return `${named} is ${article}: write ${needs} behind ??`;
  return arithmeticSigns.has(name) && kind !== "string" ? `${named} is ${article}: compute with a number` : undefined;
}

function sideName(call: CallExpression, place: number): string {
  const side = call.args[place]?.value;
  if (side?.kind === "name") return `"${side.name.text}"`;
  if (side?.kind === "reference") return `"${side.feature.text}"`;
  return place === 0 ? "what stands before it" : "what stands behind it";
}

function kindsHint(
  name: string,
  given: readonly string[],
  plans: readonly (ExpressionPlan | undefined)[],
): string | undefined {
  if (given.some((kind) => kind.startsWith("list<"))) {
    return name === "in"
      ? "whether a value is in a list of the data says contains(list, x)"
      : "lists are not compared or computed with: len(list), contains(list, x) and item(list, 0) make something of them";
  }
  if (given.some((kind) => kind.startsWith("embedding("))) {
    return "embeddings are not compared or computed with: dot(a, b), cosine(a, b), norm(a) and l2(a, b) make numbers of them";
  }
  if (["and", "or", "not"].includes(name)) return "compare it first: x > 0 and y";
  if (given.includes("duration") && (given.includes("int") || given.includes("float"))) {
    return "write the number as a duration, such as 15m, or the duration as a number with minutes(...)";
  }
  if (given.includes("timestamp") && (given.includes("int") || given.includes("float")))
    return "a moment moves by a duration, now - 15m, and hours(a - b) is a number";
  if (given.includes("timestamp") && given.includes("string"))
    return "there are no timestamps written out: compare with an input, or a duration since now";
  if (given.includes("bool") && (given.includes("int") || given.includes("float") || given.includes("string")))
    return "a truth value is compared with true or false, or made a number by float(...)";
  if (given.every((kind) => kind === "bool")) return "truth values are joined by and, or, not";
  if (given.every((kind) => kind === "string")) return "texts are joined by concat(a, b)";
  const isTextWritten = plans.some((plan) => plan?.node === "literal" && plan.type === "string");
  if (!isTextWritten && given.includes("string") && (given.includes("int") || given.includes("float")))
    return "float(...) reads a number from a text";
  return undefined;
}
