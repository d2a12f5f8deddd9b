import type { SyntaxNode, SyntaxPart } from "../syntax/index.ts";
import { type Document, group, indent, line, mark } from "./document.ts";
import {
  block,
  bracketed,
  isToken,
  joined,
  type Layout,
  type Print,
  separated,
  spaced,
  value,
  words,
} from "./layout.ts";

/** The rules of declarations and their clauses. */
export const declarationLayouts: Readonly<Record<string, Layout>> = {
  declaration: words,
  entity: (node, print) =>
    block(node, print, (head) => [spaced(head.slice(0, 2), print), " ", bracketed(head.slice(2), print)]),
  source: (node, print) => block(node, print, (head) => spaced(head, print)),
  group: (node, print) => block(node, print, (head) => groupHead(head, print)),
  vector: (node, print) => block(node, print, (head) => spaced(head, print)),
  typedName: typed,
  type: joined,
  elementType: joined,
  size: joined,
  property: words,
  transport,
  known: clause,
  lag: words,
  cursor: words,
  lookback: words,
  deleted: clause,
  pii: clause,
  columns: ({ children: [word, ...list] }, print) =>
    word === undefined ? "" : [print(word), " ", bracketed(list, print)],
  at: clause,
  id: clause,
  byItem: ({ children: [key, ...as] }, print) =>
    key === undefined ? "" : [value(key, print), as.length === 0 ? "" : [" ", spaced(as, print)]],
  definition: (node, print) =>
    node.children.some((part) => isToken(part, "="))
      ? assigned(node, print)
      : group(indent(separated(node.children, print))),
  roles: aligned,
  role: typed,
  inputs: aligned,
  step: assigned,
  label,
  slot: assigned,
  test: (node, print) => block(node, print, (head) => spaced(head, print)),
  given: ({ children }, print) => {
    const open = children.findIndex((part) => isToken(part, "{"));
    return [spaced(children.slice(0, open), print), " ", bracketed(children.slice(open), print, line)];
  },
  cell: typed,
  expectation: ({ children: [word, given, ...rest] }, print) =>
    word === undefined || given === undefined ? "" : [print(word), " ", value(given, print), " ", spaced(rest, print)],
};

/** `group entity:name from source by keys`. */
function groupHead(parts: readonly SyntaxPart[], print: Print): Document {
  const by = parts.findIndex((part) => isToken(part, "By"));
  const [word, entity, colon, name, ...from] = parts.slice(0, by + 1);
  if (word === undefined || entity === undefined || colon === undefined || name === undefined) return "";
  const names = [print(entity), print(colon), print(name)];
  return [print(word), " ", names, " ", spaced(from, print), " ", indent(separated(parts.slice(by + 1), print))];
}

/** `name: type`. */
function typed({ children: [name, colon, type] }: SyntaxNode, print: Print): Document {
  if (name === undefined) return "";
  if (colon === undefined || type === undefined) return print(name);
  return [print(name), print(colon), " ", print(type)];
}

/** `parquet "path" known moment` `kafka "topic" lag 5s` or `postgres "table" cursor column`. */
function transport({ children: [format, path, ...clauses] }: SyntaxNode, print: Print): Document {
  if (format === undefined || path === undefined) return "";
  return [print(format), " ", mark, print(path), clauses.map((part) => [" ", mark, print(part)])];
}

/** A word and what it lists. */
function clause({ children: [word, ...list] }: SyntaxNode, print: Print): Document {
  return word === undefined ? "" : group(print(word), " ", indent(separated(list, print)));
}

/** As a clause, but `key` and `input` are aligned. */
function aligned({ children: [word, ...list] }: SyntaxNode, print: Print): Document {
  return word === undefined ? "" : group(print(word), " ", mark, indent(separated(list, print)));
}

/** `name = value` or `name@2 = value`, behind a word that may say what it is. */
function assigned({ children }: SyntaxNode, print: Print): Document {
  const at = children.findIndex((part) => isToken(part, "="));
  const [sign, given] = children.slice(at);
  if (sign === undefined || given === undefined) return "";
  const name = children.slice(0, at).map((part) => (isToken(part, "Let", "Label") ? [print(part), " "] : print(part)));
  return [name, " ", mark, print(sign), " ", value(given, print)];
}

/** `label name = value` or `label name: type known moment`. */
function label(node: SyntaxNode, print: Print): Document {
  const { children } = node;
  if (children.some((part) => isToken(part, "="))) return assigned(node, print);
  const [word, name, colon, type, known, moment] = children;
  if (word === undefined || name === undefined || colon === undefined || type === undefined) return "";
  const start = [print(word), " ", print(name), print(colon), " ", print(type)];
  return known === undefined || moment === undefined ? start : [start, " ", print(known), " ", value(moment, print)];
}
