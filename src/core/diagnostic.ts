import { visible } from "./visible.ts";

/** A stretch of a source text; offsets are UTF-16 units, lines and columns count from 1. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

/** An error stops compilation; a warning does not. */
export type Severity = "error" | "warning";

/** What the compiler found: data first, text last. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  /** What to do, e.g. a name that was probably meant. */
  readonly hint?: string;
}

/** A source text and the name it is shown by. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const maxShown = 160;

/**
 * One diagnostic with its source line and a caret under the place.
 *
 * @example
 * ```text
 * error[unknown-feature]: no feature "prep_8d" in restaurant:kitchen
 *   --> eats.tondo:12:10
 *    |
 * 12 |   prep = @restaurant:kitchen:prep_8d[store]
 *    |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^
 *    = did you mean "prep_7d"?
 * ```
 */
export function renderDiagnostic(diagnostic: Diagnostic, text: string): string {
  const { span } = diagnostic;
  const lineStart = span.start - (span.column - 1);
  const newline = text.slice(lineStart).search(/\r?\n/);
  const line = text.slice(lineStart, newline < 0 ? undefined : lineStart + newline);
  // A line of a megabyte is no help: show the part around the place.
  const from = span.column > maxShown ? span.column - maxShown / 2 : 0;
  const shown = inOneLine(line.slice(from, from + maxShown));
  const number = String(span.line);
  const pad = " ".repeat(number.length);
  const offset = inOneLine(line.slice(from, span.column - 1)).length;
  const width = Math.max(1, Math.min(span.end - span.start, line.length - span.column + 1, maxShown - offset));
  return [
    `${diagnostic.severity}[${diagnostic.code}]: ${inOneLine(diagnostic.message)}`,
    `${pad}--> ${visible(span.file)}:${number}:${String(span.column)}`,
    `${pad} |`,
    `${number} | ${shown}`.trimEnd(),
    `${pad} | ${" ".repeat(offset)}${"^".repeat(width)}`,
    ...(diagnostic.hint === undefined ? [] : [`${pad} = ${inOneLine(diagnostic.hint)}`]),
  ].join("\n");
}

/** A tab takes one column, as the caret below it does. */
function inOneLine(text: string): string {
  return visible(text.replaceAll("\t", " "));
}
