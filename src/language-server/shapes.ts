import type { DocumentSymbol, Diagnostic as LspDiagnostic, Range, TextEdit } from "vscode-languageserver/node";
import { DiagnosticSeverity, SymbolKind } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Diagnostic, SourceFile } from "../core/index.ts";
import type { NamedKind, OutlineItem } from "../dsl/index.ts";

const documents = new WeakMap<SourceFile, TextDocument>();

/** A file with its lines counted as the protocol does. */
export function documentOf(file: SourceFile): TextDocument {
  const before = documents.get(file);
  if (before !== undefined) return before;
  const document = TextDocument.create(file.path, "tondo", 0, file.text);
  documents.set(file, document);
  return document;
}

/** A stretch of a file as lines and UTF-16 units. */
export function rangeOf(file: SourceFile, { start, end }: { readonly start: number; readonly end: number }): Range {
  const document = documentOf(file);
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** A diagnostic as the protocol has it. */
export function lspDiagnostic(file: SourceFile, { code, severity, message, hint, span }: Diagnostic): LspDiagnostic {
  return {
    range: rangeOf(file, span),
    severity: severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code,
    source: "tondo",
    message: hint === undefined ? message : `${message}\n${hint}`,
  };
}

const symbolKinds: Readonly<Record<NamedKind, SymbolKind>> = {
  entity: SymbolKind.Class,
  source: SymbolKind.Event,
  group: SymbolKind.Struct,
  feature: SymbolKind.Field,
  vector: SymbolKind.Array,
  test: SymbolKind.Method,
  role: SymbolKind.Key,
  input: SymbolKind.Property,
  slot: SymbolKind.Number,
  step: SymbolKind.Variable,
  label: SymbolKind.Constant,
  column: SymbolKind.Field,
  function: SymbolKind.Function,
  aggregate: SymbolKind.Function,
  "fitted function": SymbolKind.Function,
  "user function": SymbolKind.Function,
  type: SymbolKind.TypeParameter,
};

/** A definition of the outline as the protocol has it. */
export function documentSymbol(file: SourceFile, item: OutlineItem): DocumentSymbol {
  return {
    name: item.name,
    detail: item.detail ?? item.kind,
    kind: symbolKinds[item.kind],
    range: rangeOf(file, item.span),
    selectionRange: rangeOf(file, item.nameSpan),
    children: item.children.map((child) => documentSymbol(file, child)),
  };
}

/** The one edit that makes the second text of the first: what both begin and end with stays. */
export function editBetween(file: SourceFile, text: string): readonly TextEdit[] {
  const before = file.text;
  if (before === text) return [];
  const most = Math.min(before.length, text.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === text.charCodeAt(start)) start++;
  let end = 0;
  while (end < most - start && before.charCodeAt(before.length - 1 - end) === text.charCodeAt(text.length - 1 - end))
    end++;
  // A place within a line's end or a surrogate pair is no place: take the line's whole end with it.
  while (start > 0 && /[\r\n\udc00-\udfff]/.test(`${before.charAt(start)}${text.charAt(start)}`)) start--;
  while (
    end > 0 &&
    /[\r\n\udc00-\udfff]/.test(`${before.charAt(before.length - end)}${text.charAt(text.length - end)}`)
  )
    end--;
  const range = rangeOf(file, { start, end: before.length - end });
  return [{ range, newText: text.slice(start, text.length - end) }];
}
