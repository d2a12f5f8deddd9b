import {
  elementKind,
  embeddingSize,
  isEmbedding,
  isList,
  normalInt,
  type Scalar,
  type ScalarKind,
  type Span,
  type Value,
  type ValueKind,
} from "../../core/index.ts";
import type { Expression } from "../syntax/index.ts";
import { parseDay, parseMoment } from "./parse-moment.ts";
import type { Report } from "./report.ts";

/** A value that is written out. */
export interface Constant {
  readonly value: Value;
}

/** The constant of a kind that is written there, or a report of why it is none. `what` names what it is for. */
export function checkConstant(
  expression: Expression,
  kind: ValueKind,
  what: string,
  report: Report,
): Constant | undefined {
  if (expression.kind === "literal" && expression.type === "missing") return { value: null };
  if (!isList(kind) && !isEmbedding(kind)) return checkScalar(expression, kind, what, report);
  if (expression.kind !== "list") return wrong(expression, kind, what, report);
  if (isEmbedding(kind) && expression.items.length !== embeddingSize(kind)) {
    const given = String(expression.items.length);
    return report.error(
      "wrong-type",
      `${what} has ${String(embeddingSize(kind))} numbers, not ${given}`,
      expression.span,
    );
  }
  const items: Scalar[] = [];
  for (const item of expression.items) {
    const constant = checkScalar(item, isList(kind) ? elementKind(kind) : "float", `an element of ${what}`, report);
    if (constant === undefined) return undefined;
    items.push(constant.value);
  }
  return { value: items };
}

function checkScalar(
  expression: Expression,
  kind: ScalarKind,
  what: string,
  report: Report,
): { readonly value: Scalar } | undefined {
  if (expression.kind !== "literal") return wrong(expression, kind, what, report);
  const { type, value, span } = expression;
  if (kind === "timestamp" && type === "string") return checkMoment(String(value), what, span, report);
  if (kind === "date" && type === "string") return checkDay(String(value), what, span, report);
  if (kind === "float" && (type === "int" || type === "float")) return checkFloat(Number(value), span, report);
  if (type !== kind || value === null) return wrong(expression, kind, what, report);
  if (type !== "int") return { value };
  const digits = BigInt(String(value));
  if (BigInt.asIntN(64, digits) === digits) return { value: normalInt(digits) };
  return report.error("bad-number", "this whole number does not fit into 64 bits", span);
}

function checkFloat(value: number, span: Span, report: Report): { readonly value: number } | undefined {
  if (Number.isFinite(value)) return { value: value + 0 };
  return report.error("bad-number", "this number is too large", span);
}

/** The moment that a text says, or a report. */
export function checkMoment(
  text: string,
  what: string,
  span: Span,
  report: Report,
): { readonly value: number } | undefined {
  const value = parseMoment(text);
  if (value !== undefined) return { value };
  const hint = 'write "12:00", "12:00:30.5" or "2024-03-31 02:30", all in UTC; a time without a day is of 2024-01-01';
  return report.error("bad-moment", `${what} is a moment, and "${shortened(text)}" is none`, span, hint);
}

function checkDay(text: string, what: string, span: Span, report: Report): { readonly value: number } | undefined {
  const value = parseDay(text);
  if (value !== undefined) return { value };
  return report.error(
    "bad-moment",
    `${what} is a date, and "${shortened(text)}" is none`,
    span,
    'write it as "2024-03-31"',
  );
}

function wrong(expression: Expression, kind: ValueKind, what: string, report: Report): undefined {
  const { span } = expression;
  if (expression.kind !== "literal" && expression.kind !== "list") {
    return report.error("not-constant", `${what} must be a constant, written out`, span, `such as ${example(kind)}`);
  }
  const type = expression.kind === "list" ? "list" : expression.type;
  if (type === "missing") {
    return report.error("wrong-type", "no element of a list is missing", span, "leave it out");
  }
  return report.error(
    "wrong-type",
    `${what} is of type ${kind}, and this of type ${type}`,
    span,
    `such as ${example(kind)}`,
  );
}

function example(kind: ValueKind): string {
  if (isEmbedding(kind)) return "[0.5, -1, ...]";
  if (isList(kind)) return `[${example(elementKind(kind))}]`;
  return examples[kind];
}

const examples: Readonly<Record<ScalarKind, string>> = {
  bool: "true",
  int: "7",
  float: "0.5",
  string: '"text"',
  timestamp: '"12:00" or "2024-03-31 02:30"',
  date: '"2024-03-31"',
  duration: "5m",
};

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
