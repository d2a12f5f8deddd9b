import { formatDuration, formatMicros, parseTypeName } from "../../core/index.ts";
import type { CallPlan, ExpressionPlan, FittedPlan, LiteralPlan, StoredPlan, StoredRefPlan } from "../plan/index.ts";
import { parts } from "../plan/index.ts";
import { operatorSigns, writtenName } from "../syntax/index.ts";

/** Operators by the function that each is. */
const operators: ReadonlyMap<string, string> = new Map([...operatorSigns, ["and", "and"], ["or", "or"]]);

/** The longest text of one expression; what is longer ends in dots. */
const maxLength = 160;

/** How a stored value is named. */
export type StoredText = (stored: StoredRefPlan) => string;

/**
 * An expression of a plan as people would write it, on one line: for headings and comments, not to be parsed.
 *
 * @example `(delay > 15) and (destination == "SFO")`
 */
export function expressionText(plan: ExpressionPlan, stored: StoredText = ({ name }) => name): string {
  const text = write(plan, stored, 0);
  return text.length > maxLength ? `${text.slice(0, maxLength - 4).trimEnd()} ...` : text;
}

/** Deeper than this nothing would be seen. */
const maxDepth = 12;

function write(plan: ExpressionPlan, stored: StoredText, depth: number): string {
  if (depth > maxDepth) return "...";
  switch (plan.node) {
    case "literal":
      return literalText(plan);
    case "column":
      return writtenName(plan.name);
    case "stored":
      return stored(plan);
    case "now":
      return "now";
    default:
      return writeCall(plan, stored, depth);
  }
}

function writeCall(plan: CallPlan | FittedPlan, stored: StoredText, depth: number): string {
  const operator = operators.get(plan.function);
  const args = parts(plan).map((part) => write(part, stored, depth + 1));
  const [a = "", b = ""] = args;
  const [first, second] = parts(plan);
  if (operator !== undefined && args.length === 2) {
    return `${bracketed(first, a)} ${operator} ${bracketed(second, b)}`;
  }
  if (plan.function === "is_missing") return `${bracketed(first, a)} is missing`;
  if (plan.function === "not" || plan.function === "neg") {
    return `${plan.function === "not" ? "not " : "-"}${bracketed(first, a)}`;
  }
  return `${functionText(plan)}(${[...args, ...optionTexts(plan.options)].join(", ")})`;
}

/** What a call does, without its arguments: an operator's sign, a function's name. */
export function functionText({ function: name }: CallPlan | FittedPlan): string {
  return operators.get(name) ?? (name === "coalesce" ? "fill" : name);
}

/** Constants by name: `period: 24`. */
export function optionTexts(options: CallPlan["options"]): readonly string[] {
  return Object.entries(options ?? {}).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
}

function bracketed(part: ExpressionPlan | undefined, text: string): string {
  const isOperator = part?.node === "call" && (operators.has(part.function) || part.function === "is_missing");
  return isOperator ? `(${text})` : text;
}

const millisPerDay = 86_400_000;

function literalText({ type, value }: LiteralPlan): string {
  if (value === null) return "missing";
  const { kind } = parseTypeName(type);
  if (typeof value === "number") {
    if (kind === "duration") return formatDuration(value);
    if (kind === "timestamp") return formatMicros(value);
    if (kind === "date") return new Date(value * millisPerDay).toISOString().slice(0, 10);
  }
  return kind === "string" ? JSON.stringify(value) : String(value);
}

/** What a group stores, as it would be written: `mean(delay) over 3h`. */
export function storedText(stored: StoredPlan): string {
  if (stored.kind === "column") return `column ${writtenName(stored.column)}`;
  const { aggregate, input, options, over, direction, where } = stored;
  const args = [...(input === undefined ? [] : [expressionText(input)]), ...optionTexts(options)];
  const window = `${aggregate}(${args.join(", ")}) over ${direction === "next" ? "next " : ""}${formatDuration(over)}`;
  return where === undefined ? window : `${window} where ${expressionText(where)}`;
}
