import { type CompletionItem, CompletionItemKind, type CompletionList, MarkupKind } from "vscode-languageserver/node";
import type { SourceFile } from "../core/index.ts";
import { type Completion, completionsAt } from "../dsl/index.ts";
import type { ProjectView } from "./live-project.ts";
import { documentOf, rangeOf } from "./shapes.ts";

const kinds: Readonly<Record<Completion["kind"], CompletionItemKind>> = {
  entity: CompletionItemKind.Class,
  source: CompletionItemKind.Event,
  group: CompletionItemKind.Struct,
  feature: CompletionItemKind.Field,
  vector: CompletionItemKind.Struct,
  test: CompletionItemKind.Method,
  role: CompletionItemKind.Variable,
  input: CompletionItemKind.Property,
  slot: CompletionItemKind.Variable,
  step: CompletionItemKind.Variable,
  label: CompletionItemKind.Constant,
  column: CompletionItemKind.Field,
  function: CompletionItemKind.Function,
  aggregate: CompletionItemKind.Function,
  "fitted function": CompletionItemKind.Function,
  "user function": CompletionItemKind.Function,
  type: CompletionItemKind.TypeParameter,
  keyword: CompletionItemKind.Keyword,
  "time zone": CompletionItemKind.Value,
};

/** What could stand at a place of a document. */
export function completionList(
  view: ProjectView,
  path: string,
  position: { readonly line: number; readonly character: number },
): CompletionList {
  const file = view.files.get(path);
  if (file === undefined) return { isIncomplete: false, items: [] };
  const { items, cut } = completionsAt(view.index, file, documentOf(file).offsetAt(position));
  return { isIncomplete: cut, items: items.map((item) => completionItem(file, item)) };
}

function completionItem(file: SourceFile, completion: Completion): CompletionItem {
  const { label, kind, insert, type, doc, rank } = completion;
  return {
    label,
    kind: kinds[kind],
    detail: type === undefined ? kind : `${kind}: ${type}`,
    ...(doc === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value: doc } }),
    filterText: label,
    sortText: `${String(rank)} ${label}`,
    textEdit: { range: rangeOf(file, completion), newText: insert },
  };
}
