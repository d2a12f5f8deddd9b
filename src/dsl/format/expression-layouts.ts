import { isNode, type SyntaxNode, type SyntaxPart } from "../syntax/index.ts";
import { type Document, group, indent, line } from "./document.ts";
import {
  bracketed,
  commentsOf,
  insideBrackets,
  isToken,
  joined,
  type Layout,
  type Print,
  spaced,
  tokenDocument,
  value,
  words,
} from "./layout.ts";

/** The rules of expressions. */
export const expressionLayouts: Readonly<Record<string, Layout>> = {
  expression: chain,
  pipeStep: joined,
  orElse: chain,
  disjunction: chain,
  conjunction: chain,
  negation: words,
  comparison: words,
  compared: words,
  sum: chain,
  product: chain,
  unary: joined,
  power: words,
  primary,
  literal: joined,
  list: ({ children }, print) => bracketed(children, print),
  reference: joined,
  call,
  args,
  arg: named,
};

/** `a + b + c`, or one operand a line, the operator before it. */
function chain({ children }: SyntaxNode, print: Print): Document {
  const [first, ...rest] = children;
  if (first === undefined) return "";
  const steps = rest.map((part, i) => (i % 2 === 0 ? [line, print(part)] : [" ", print(part)]));
  return group(print(first), indent(steps));
}

/** Brackets stay as written, but for those around a single value. */
function primary(node: SyntaxNode, print: Print): Document {
  const inner = insideBrackets(node);
  if (inner === undefined) return node.children.map(print);
  const [open, kept, close] = inner;
  if (isSingle(kept)) return [commentsOf(open), value(kept, print), commentsOf(close)];
  return bracketed(node.children, print);
}

/** Whether nothing around a part could take a piece of it, however it is bracketed. */
function isSingle(part: SyntaxPart): boolean {
  const inner = insideBrackets(part);
  if (inner !== undefined) return isSingle(inner[1]);
  if (!isNode(part)) return true;
  if (part.rule === "call") return !part.children.some((child) => isToken(child, "Over"));
  return ["primary", "literal", "reference", "list"].includes(part.rule);
}

/** `f(a) over next 7d where b`, broken before `where`. */
function call({ children }: SyntaxNode, print: Print): Document {
  const [name, given, ...window] = children;
  if (name === undefined || given === undefined) return "";
  const start = [print(name), print(given)];
  if (window.length === 0) return start;
  const at = window.findIndex((part) => isToken(part, "Where"));
  const [where, condition] = at < 0 ? [] : window.slice(at);
  const over = [start, " ", spaced(at < 0 ? window : window.slice(0, at), print)];
  if (where === undefined || condition === undefined) return over;
  return group(over, indent(line, print(where), " ", whereCondition(condition, print)));
}

/** Brackets around the whole of a condition go, unless they hold what it could not reach without them. */
function whereCondition(part: SyntaxPart, print: Print): Document {
  let inner: SyntaxPart = part;
  for (let found = insideBrackets(inner); found !== undefined; found = insideBrackets(inner)) inner = found[1];
  const farther = isNode(inner) && (inner.rule === "expression" || inner.rule === "orElse");
  return farther ? print(part) : value(part, print);
}

/** A list that is the only argument needs no line of its own. */
function args({ children }: SyntaxNode, print: Print): Document {
  const [open, only, close, ...more] = children;
  const alone = only !== undefined && isNode(only) && only.rule === "list" && more.length === 0;
  if (!alone || !isToken(open, "(") || !isToken(close, ")")) return bracketed(children, print);
  if (open.before.length + close.before.length > 0 || open.behind !== undefined) return bracketed(children, print);
  return [print(open), print(only), print(close)];
}

/** `name: value`. */
function named({ children: [name, colon, given] }: SyntaxNode, print: Print): Document {
  if (name === undefined || colon === undefined || given === undefined) return "";
  return [print(name), isNode(colon) ? print(colon) : tokenDocument(colon), " ", value(given, print)];
}
