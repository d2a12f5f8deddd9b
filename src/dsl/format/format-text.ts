import type { Diagnostic, SourceFile } from "../../core/index.ts";
import { type ParseLimits, parseTree, type SyntaxTree } from "../syntax/index.ts";
import { alignLines } from "./align-lines.ts";
import { type Document, flushApart } from "./document.ts";
import { comments, farAbove, lead, withoutLead } from "./layout.ts";
import { documentOf } from "./layouts.ts";
import { printDocument } from "./print-document.ts";

/** Options of {@link formatText}. What the text looks like is no option: there is one form. */
export interface FormatOptions {
  readonly limits?: ParseLimits;
}

/** A file in the one form, or why it cannot be read. */
export interface FormattedText {
  /** Absent where there is an error. */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The one form of a file: the same words, signs and comments in the same order, but for brackets and backticks that say
 * nothing. What the file means stays, and formatting it again changes nothing.
 *
 * @example
 * ```ts
 * formatText({ path: "a.tondo", text: "entity   a(id:int)" }).text // "entity a (id: int)\n"
 * ```
 */
export function formatText(file: SourceFile, { limits }: FormatOptions = {}): FormattedText {
  const tree = parseTree(file, limits);
  const { diagnostics } = tree;
  if (diagnostics.length > 0) return { diagnostics };
  return { text: alignLines(printDocument(fileDocument(tree))), diagnostics };
}

/** Declarations, an empty line between each two. */
function fileDocument({ declarations, end }: SyntaxTree): Document {
  const parts = declarations.map((node, i) => [
    lead(node, i === 0 ? undefined : farAbove),
    documentOf(withoutLead(node)),
    flushApart,
  ]);
  return [parts, comments(end, declarations.length === 0 ? undefined : farAbove)];
}
