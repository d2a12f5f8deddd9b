import type { DocumentSymbol, Hover, Location, TextEdit } from "vscode-languageserver/node";
import { MarkupKind } from "vscode-languageserver/node";
import { describeNamed, formatText, type Occurrence, occurrenceAt, outlineOf } from "../dsl/index.ts";
import type { ProjectView } from "./live-project.ts";
import { documentOf, documentSymbol, editBetween, rangeOf } from "./shapes.ts";
import type { Place, Workspace } from "./workspace.ts";

/** A place in a document as the protocol has it. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** What the name there stands for. */
export function hoverAt(view: ProjectView, path: string, position: Position): Hover | null {
  const found = occurrence(view, path, position);
  const file = view.files.get(path);
  if (found === undefined || file === undefined) return null;
  const value = describeNamed(found.named);
  return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(file, found.span) };
}

/** Where the name there is defined. */
export function definitionAt(
  view: ProjectView,
  { project, path }: Place,
  position: Position,
  workspace: Workspace,
): Location | null {
  const definition = occurrence(view, path, position)?.named.definition;
  const file = definition === undefined ? undefined : view.files.get(definition.file);
  if (definition === undefined || file === undefined) return null;
  return { uri: workspace.uriOf({ project, path: definition.file }), range: rangeOf(file, definition) };
}

/** The definitions of a document. */
export function symbolsOf(view: ProjectView, path: string): DocumentSymbol[] {
  const file = view.files.get(path);
  if (file === undefined) return [];
  const own = view.parsed.declarations.filter(({ span }) => span.file === path);
  return outlineOf(own).map((item) => documentSymbol(file, item));
}

/** What brings a document into its one form; nothing where it has an error of syntax. */
export function formatEdits(view: ProjectView, path: string): TextEdit[] | null {
  const file = view.files.get(path);
  const { text } = file === undefined ? {} : formatText(file);
  return file === undefined || text === undefined ? null : [...editBetween(file, text)];
}

function occurrence(view: ProjectView, path: string, position: Position): Occurrence | undefined {
  const file = view.files.get(path);
  return file === undefined ? undefined : occurrenceAt(view.index, path, documentOf(file).offsetAt(position));
}
