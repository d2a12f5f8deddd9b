import { nearestName, typeName, type ValueKind } from "../../core/index.ts";
import {
  type Constant,
  type Constants,
  type FittedFunction,
  fittedFunctions,
  fittedKey,
  type FittedOption,
} from "../functions/index.ts";
import type { ExpressionPlan } from "../plan/index.ts";
import { type Argument, type CallExpression, type Expression } from "../syntax/index.ts";
import { type Checked, typeOf, widened } from "./resolve-call.ts";
import type { Report } from "./report.ts";
import type { Scope } from "./scope.ts";

/** A call of a fitted function, its argument not yet checked. */
export interface FittedForm {
  readonly entry: FittedFunction;
  readonly argument: Expression;
  readonly options: Constants;
}

/** Statistics by other names. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ["average", "mean"],
  ["avg", "mean"],
  ["most_frequent", "mode"],
]);

/** A percentile as `clip` takes it; one with decimals stands in backticks. */
const percentile = /^p(\d{1,3}(?:\.\d{1,3})?)$/;

/**
 * Reads the brackets of a call as those of a fitted function. `"no"` where it is none of them: by its name, or because
 * the scalar function of that name is meant, as in `fill(0)`, `clip(0, 50)` and `onehot(["a"])`. `"wrong"` where it was reported.
 */
export function fittedForm(call: CallExpression, scope: Scope, report: Report): FittedForm | "no" | "wrong" {
  const name = call.name.text;
  const entries = [...fittedFunctions.values()].filter((entry) => entry.name === name);
  const [first, ...rest] = call.args;
  if (entries.length === 0 || !isMeant(name, rest, scope)) return "no";
  const wrong = (message: string, hint = `write ${entries.map(formOf).join(" or ")}`, span = call.span): "wrong" => {
    report.error("wrong-arguments", message, span, hint);
    return "wrong";
  };
  const word = entries.length > 1 ? nameOf(rest[0]) : undefined;
  const entry = entries.find((one) => one.word === word);
  if (entry === undefined) {
    const meant = synonyms.get(word ?? "");
    if (meant !== undefined)
      return wrong(`"${name}" is not fitted by "${word ?? ""}"`, `write x | ${fittedKey(name, meant)}`);
    const near = nearestName(word ?? "", wordsOf(name));
    return wrong(
      word === undefined ? `"${name}" needs to know by what` : `"${name}" is not fitted by "${word}"`,
      near === undefined ? undefined : `did you mean "${near}"?`,
    );
  }
  if (first === undefined || first.name !== undefined) return wrong(`"${name}" has no value to be fitted on`);
  const given = entry.word === undefined ? rest : rest.slice(1);
  const wanted = entry.options ?? [];
  if (given.length !== wanted.length) {
    const more = wanted.length > 1 ? "two percentiles" : `a number of ${name === "quantize" ? "bins" : "categories"}`;
    return wrong(
      `"${fittedKey(name, entry.word)}" is fitted on the training rows and takes one value${wanted.length === 0 ? "" : ` and ${more}`}`,
    );
  }
  const options: Record<string, Constant> = {};
  for (const [i, option] of wanted.entries()) {
    const arg = given.find((one) => one.name?.text === option.name) ?? given[i];
    const value = arg === undefined || (arg.name?.text ?? option.name) !== option.name ? undefined : read(arg, option);
    if (typeof value !== "number") return wrong(value ?? `"${name}" has no "${given[i]?.name?.text ?? ""}"`);
    options[option.name] = value;
  }
  const problem = entry.wrong?.(options);
  return problem === undefined ? { entry, argument: first.value, options } : wrong(problem);
}

/** The fitted function that a call in a vector is of, well-formed or not; nothing where it is of none. */
export function fittedOfCall({ name, args }: CallExpression): FittedFunction | undefined {
  const entries = [...fittedFunctions.values()].filter((entry) => entry.name === name.text);
  const rest = args.slice(1);
  if (entries.length === 0 || !isMeant(name.text, rest, {})) return undefined;
  const word = entries.length > 1 ? nameOf(rest[0]) : undefined;
  return entries.find((entry) => entry.word === word);
}

/** Types a fitted function by its argument, and has the scope number its fit. */
export function resolveFitted(
  { entry, options }: FittedForm,
  argument: Checked,
  call: CallExpression,
  scope: Scope,
  report: Report,
): ExpressionPlan | undefined {
  const arg = "list" in argument ? undefined : takenBy(entry, argument.plan);
  const gives = arg === undefined ? undefined : entry.takes[typeOf(arg).kind];
  if (arg === undefined || gives === undefined) {
    const kind = "list" in argument ? "list" : typeOf(argument.plan).kind;
    return report.error(
      "wrong-type",
      `"${fittedKey(entry.name, entry.word)}" takes ${takesText(entry)}, and this is a ${kind}`,
      argument.span,
      otherwise(entry, kind),
    );
  }
  const plan = {
    function: fittedKey(entry.name, entry.word),
    version: entry.version,
    arg,
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
  const fit = scope.fitted(call, plan);
  if (fit === undefined) return undefined;
  const type = typeName({ kind: gives, optional: entry.optional(typeOf(arg).optional) });
  return { node: "fitted", type, ...plan, fit };
}

/** Whether the brackets mean the fitted function where there is a scalar one of the same name. */
function isMeant(name: string, rest: readonly Argument[], scope: Pick<Scope, "knows">): boolean {
  const [second] = rest;
  switch (name) {
    case "fill": {
      const word = rest.length === 1 ? nameOf(second) : undefined;
      if (word === undefined) return false;
      const words = wordsOf(name);
      if (words.includes(word)) return true;
      // Another value may have that name, which then fills.
      const known = scope.knows?.(word) ?? !synonyms.has(word);
      return !known && (synonyms.has(word) || nearestName(word, words) !== undefined);
    }
    case "clip":
      return rest.some((arg) => percentile.test(nameOf(arg) ?? ""));
    case "onehot":
      return second?.value.kind !== "list";
    default:
      return true;
  }
}

function nameOf(arg: Argument | undefined): string | undefined {
  return arg?.value.kind === "name" ? arg.value.name.text : undefined;
}

function wordsOf(name: string): readonly string[] {
  return [...fittedFunctions.values()].flatMap((entry) =>
    entry.name === name && entry.word !== undefined ? [entry.word] : [],
  );
}

/** A constant in the brackets, or what is wrong with it. */
function read({ value }: Argument, option: FittedOption): number | string {
  if (option.kind === "percentile") {
    const [, digits] = percentile.exec(value.kind === "name" ? value.name.text : "") ?? [];
    if (digits === undefined) return "this mixes percentiles with other limits";
    return Number(digits) <= 100 ? Number(digits) : "percentiles go from p0 to p100";
  }
  const count = value.kind === "literal" && value.type === "int" ? Number(value.value) : Number.NaN;
  return count >= option.least && count <= option.most
    ? count
    : `this takes a whole number from ${String(option.least)} to ${String(option.most)}, written out`;
}

function takenBy(entry: FittedFunction, plan: ExpressionPlan): ExpressionPlan | undefined {
  if (plan.node === "literal" && plan.value === null) return undefined;
  return entry.takes[typeOf(plan).kind] === undefined ? widened(plan, "float") : plan;
}

const kindWords: Readonly<Partial<Record<ValueKind, string>>> = {
  float: "a number",
  int: "a whole number",
  string: "a text",
  bool: "a truth value",
};

function takesText({ takes }: FittedFunction): string {
  const words = (Object.keys(takes) as ValueKind[])
    .filter((kind) => kind !== "int" || takes.float === undefined)
    .map((kind) => kindWords[kind] ?? kind);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

function otherwise({ takes, name }: FittedFunction, kind: string): string {
  if (kind === "float" && takes.float === undefined)
    return "a number becomes one with int, or its bins are categories: quantize(10)";
  if (kind === "string")
    return name === "fill"
      ? "a text is filled with fill(mode)"
      : "a text becomes numbers with onehot(20) or vocab(1000)";
  if (kind === "bool") return "a truth value becomes a number with float";
  if (kind.includes("list")) return "len(list), item(list, 0) and contains(list, x) are single values";
  if (kind.startsWith("embedding")) return "an embedding is a slot as it is, and norm(x) or slice a part of it";
  return "moments, dates and durations become numbers with hours or days";
}

/** How a fitted function is written. @example `formOf(quantize) // "x | quantize(10)"` */
export function formOf({ name, word, options = [] }: FittedFunction): string {
  const examples = options.map((option, i) => (option.kind === "count" ? "10" : i === 0 ? "p1" : "p99"));
  const inside = [...(word === undefined ? [] : [word]), ...examples];
  const form = `x | ${name}${inside.length === 0 ? "" : `(${inside.join(", ")})`}`;
  return name === "onehot" ? `${form}, or x | onehot(["a", "b"]) for categories that you know` : form;
}
