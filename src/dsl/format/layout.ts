import { type Comment, isNode, type SyntaxNode, type SyntaxPart, type SyntaxToken } from "../syntax/index.ts";
import { blankLine, type Document, flush, group, hardLine, indent, item, line, remark, softLine } from "./document.ts";

/** Lays out any part of the tree. */
export type Print = (part: SyntaxPart) => Document;

/** How the parts of a rule are laid out. */
export type Layout = (node: SyntaxNode, print: Print) => Document;

/** A comment as a document. */
export function commentDocument({ text, doc }: Comment): Document {
  return remark(text, doc);
}

/** A word or sign with its comments. */
export function tokenDocument({ before, text, behind }: SyntaxToken): Document {
  if (before.length === 0 && behind === undefined) return text;
  return [before.map(commentDocument), text, behind === undefined ? "" : commentDocument(behind)];
}

/** The comments of a word or sign that is left out. */
export function commentsOf({ before, behind }: SyntaxToken): Document {
  return [before.map(commentDocument), behind === undefined ? "" : commentDocument(behind)];
}

/** Whether the part is a token of that kind. */
export function isToken(part: SyntaxPart | undefined, ...kinds: readonly string[]): part is SyntaxToken {
  return part !== undefined && !isNode(part) && kinds.includes(part.kind);
}

/** All parts, one space between them. */
export const words: Layout = ({ children }, print) => spaced(children, print);

/** All parts, nothing between them. */
export const joined: Layout = ({ children }, print) => children.map(print);

/** The parts with one space between them. */
export function spaced(parts: readonly SyntaxPart[], print: Print): Document {
  return parts.map((part, i) => (i === 0 ? print(part) : [" ", print(part)]));
}

/** Parts and commas: each comma ends a line, if one has to end. */
export function separated(parts: readonly SyntaxPart[], print: Print): Document {
  return parts.map((part) => (isToken(part, ",") ? [tokenDocument(part), line] : value(part, print)));
}

/**
 * Brackets around parts that go on lines of their own if they do not fit. The parts are from the opening to the closing one;
 * `inside` stands between a bracket and what it holds.
 */
export function bracketed(parts: readonly SyntaxPart[], print: Print, inside: Document = softLine): Document {
  const open = parts[0];
  const close = parts.at(-1);
  if (open === undefined || close === undefined || isNode(close)) throw new Error("grammar: open brackets");
  const inner = parts.slice(1, -1);
  const before = close.before.map((comment) => [hardLine, commentDocument(comment)]);
  return group(
    print(open),
    indent(inner.length === 0 ? "" : [inside, separated(inner, print)], before, flush),
    inner.length === 0 ? softLine : inside,
    tokenDocument({ ...close, before: [] }),
  );
}

/** A value that stands by itself: brackets around the whole of it say nothing. */
export function value(part: SyntaxPart, print: Print): Document {
  const inner = insideBrackets(part);
  if (inner === undefined) return print(part);
  const [open, kept, close] = inner;
  return [commentsOf(open), value(kept, print), commentsOf(close)];
}

/** What brackets hold, with both of them. */
export function insideBrackets(part: SyntaxPart): readonly [SyntaxToken, SyntaxPart, SyntaxToken] | undefined {
  if (!isNode(part) || part.rule !== "primary") return undefined;
  const [open, inner, close] = part.children;
  return isToken(open, "(") && inner !== undefined && isToken(close, ")") ? [open, inner, close] : undefined;
}

/** A head and the items of its block, one a line; of the empty lines between them one stays. */
export function block(
  { children }: SyntaxNode,
  print: Print,
  head: (parts: readonly SyntaxPart[]) => Document,
): Document {
  const at = children.findIndex((part) => isToken(part, "{"));
  const open = children[at];
  const close = children.at(-1);
  if (open === undefined || isNode(open) || close === undefined || isNode(close)) return head(children);
  const items = children.slice(at + 1, -1);
  const start = [group(head(children.slice(0, at)), " "), tokenDocument(open)];
  if (items.length === 0 && close.before.length === 0)
    return [start, open.behind === undefined ? "" : hardLine, tokenDocument(close)];
  let last: number | undefined;
  const body = items.map((part) => {
    const placed = [lead(part, last), item(familyOf(part), print(withoutLead(part))), flush];
    last = lastToken(part).endLine;
    return placed;
  });
  return [start, indent(body, comments(close.before, last)), hardLine, tokenDocument({ ...close, before: [] })];
}

/** What a part of a block is aligned with. */
function familyOf(part: SyntaxPart): string {
  const rule = isNode(part) ? part.rule : part.kind;
  return rule === "inputs" ? "roles" : rule;
}

/** The comments above a part and the ends of lines before them and it. `last` is the line of what stands above, if anything does. */
export function lead(part: SyntaxPart, last: number | undefined): Document {
  const first = firstToken(part);
  return [comments(first.before, last), lineAfter(first.before.at(-1)?.line ?? last, first.line)];
}

/** Comments on lines of their own. */
export function comments(found: readonly Comment[], last: number | undefined): Document {
  return found.map((comment, i) => [lineAfter(found[i - 1]?.line ?? last, comment.line), commentDocument(comment)]);
}

/** The line of what an empty line always parts from what follows. */
export const farAbove: number = -Infinity;

function lineAfter(last: number | undefined, next: number): Document {
  return last !== undefined && next > last + 1 ? blankLine : hardLine;
}

/** The first word or sign of a part. */
export function firstToken(part: SyntaxPart): SyntaxToken {
  if (!isNode(part)) return part;
  const [first] = part.children;
  if (first === undefined) throw new Error(`grammar: empty ${part.rule}`);
  return firstToken(first);
}

/** The last word or sign of a part. */
export function lastToken(part: SyntaxPart): SyntaxToken {
  if (!isNode(part)) return part;
  const last = part.children.at(-1);
  if (last === undefined) throw new Error(`grammar: empty ${part.rule}`);
  return lastToken(last);
}

/** The part without the comments above it, for those who have placed them. */
export function withoutLead(part: SyntaxPart): SyntaxPart {
  if (!isNode(part)) return part.before.length === 0 ? part : { ...part, before: [] };
  const [first, ...rest] = part.children;
  return first === undefined || firstToken(first).before.length === 0
    ? part
    : { ...part, children: [withoutLead(first), ...rest] };
}
