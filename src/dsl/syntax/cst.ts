import type { CstElement, CstNode, IToken } from "chevrotain";
import type { Span } from "../../core/index.ts";

/** The children of one rule, of which there may be none. */
export function nodes(node: CstNode, rule: string): readonly CstNode[] {
  return (node.children[rule] ?? []).filter(isNode);
}

/** The one child of that rule, if it is there. */
export function optionalNode(node: CstNode, rule: string): CstNode | undefined {
  return nodes(node, rule)[0];
}

/** The one child of that rule; the grammar says it is there. */
export function requiredNode(node: CstNode, rule: string): CstNode {
  const child = optionalNode(node, rule);
  if (child === undefined) throw new Error(`grammar: ${node.name} without ${rule}`);
  return child;
}

/** The tokens of one kind, in order. */
export function tokens(node: CstNode, type: string): readonly IToken[] {
  return (node.children[type] ?? []).filter((element): element is IToken => !isNode(element));
}

/** The token of that kind; the grammar says it is there. */
export function requiredToken(node: CstNode, type: string): IToken {
  const token = tokens(node, type)[0];
  if (token === undefined) throw new Error(`grammar: ${node.name} without ${type}`);
  return token;
}

/** All direct tokens of some kinds in the order of the text. */
export function tokensInOrder(node: CstNode, ...types: string[]): readonly IToken[] {
  return types.flatMap((type) => tokens(node, type)).sort((a, b) => a.startOffset - b.startOffset);
}

/** Where a rule's text lies. */
export function spanOf(node: CstNode, file: string): Span {
  const location = node.location;
  if (location === undefined) throw new Error(`grammar: ${node.name} without location`);
  return {
    file,
    start: location.startOffset,
    end: (location.endOffset ?? location.startOffset) + 1,
    line: location.startLine ?? 1,
    column: location.startColumn ?? 1,
  };
}

/** Where a token lies. */
export function spanOfToken(token: IToken, file: string): Span {
  return {
    file,
    start: token.startOffset,
    end: (token.endOffset ?? token.startOffset) + 1,
    line: token.startLine ?? 1,
    column: token.startColumn ?? 1,
  };
}

/** The name a token spells, without backticks. */
export function identifierText(token: IToken): string {
  return token.image.startsWith("`") ? token.image.slice(1, -1) : token.image;
}

/** From the start of one span to the end of another. */
export function spanning(from: Span, to: Span): Span {
  return { ...from, end: Math.max(from.end, to.end) };
}

function isNode(element: CstElement): element is CstNode {
  return "children" in element;
}
