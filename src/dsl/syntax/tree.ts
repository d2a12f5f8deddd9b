import type { CstNode, IToken } from "chevrotain";
import type { Diagnostic, SourceFile } from "../../core/index.ts";
import { identifierText } from "./cst.ts";
import { grammar } from "./grammar.ts";
import { defaultParseLimits, parseConcrete, type ParseLimits } from "./parse.ts";
import * as t from "./tokens.ts";

/** `// ...` or `/// ...`, to the end of its line. */
export interface Comment {
  readonly text: string;
  readonly line: number;
  /** Whether it documents what follows: then it stands on the line directly above. */
  readonly doc: boolean;
}

/** A word or sign, with the comments around it. */
export interface SyntaxToken {
  /** What the grammar takes it for: a word of the language used as a name is a `Name`. */
  readonly kind: string;
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
  /** The comments on lines of their own before it. */
  readonly before: readonly Comment[];
  /** The comment behind it on its line. */
  readonly behind?: Comment;
}

/** What a rule of the grammar made, in the order of the text. */
export interface SyntaxNode {
  readonly rule: string;
  readonly children: readonly SyntaxPart[];
}

/** A node or a leaf of the tree. */
export type SyntaxPart = SyntaxNode | SyntaxToken;

/** A file as written: all of its words, signs and comments. */
export interface SyntaxTree {
  readonly declarations: readonly SyntaxNode[];
  /** The comments behind the last declaration. */
  readonly end: readonly Comment[];
  /** Where there are any, the tree is not whole. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether that part has parts of its own. */
export function isNode(part: SyntaxPart): part is SyntaxNode {
  return "rule" in part;
}

/** The names of all rules of the grammar. */
export function grammarRules(): readonly string[] {
  return Object.keys(grammar.getGAstProductions());
}

const words: ReadonlySet<string> = new Set(
  t.allTokens.flatMap(({ PATTERN: pattern }) =>
    typeof pattern === "string" && /^\w+$/.test(pattern) ? [pattern] : [],
  ),
);

/** Whether the language has that word, as a keyword or in some places only. */
export function isWord(text: string): boolean {
  return words.has(text);
}

/** Reads a file for those who print it again. A rule that did nothing but call another one is left out. */
export function parseTree(file: SourceFile, limits: ParseLimits = defaultParseLimits): SyntaxTree {
  const { nodes, tokens, comments, diagnostics } = parseConcrete(file, limits);
  if (diagnostics.length > 0) return { declarations: [], end: [], diagnostics };
  const { beside, end } = besideTokens(tokens, comments);
  return { declarations: nodes.map((node) => treeOf(node, beside)).filter(isNode), end, diagnostics };
}

interface Beside {
  before: readonly Comment[];
  behind?: Comment;
}

/** The comments at each token that has some, and those behind the last one. */
function besideTokens(
  tokens: readonly IToken[],
  comments: readonly IToken[],
): { readonly beside: ReadonlyMap<IToken, Beside>; readonly end: readonly Comment[] } {
  const beside = new Map<IToken, Beside>();
  let at = 0;
  let found: Comment[] = [];
  let last: IToken | undefined;
  for (const token of [...tokens, undefined]) {
    for (; at < comments.length; at++) {
      const comment = comments[at];
      if (comment === undefined || comment.startOffset > (token?.startOffset ?? Infinity)) break;
      const read = commentOf(comment);
      if (last?.endLine === read.line) beside.set(last, { ...(beside.get(last) ?? { before: [] }), behind: read });
      else found.push(read);
    }
    if (token !== undefined && found.length > 0) {
      beside.set(token, { before: found });
      found = [];
    }
    last = token;
  }
  return { beside, end: found };
}

function commentOf(token: IToken): Comment {
  return { text: token.image.trimEnd(), line: token.startLine ?? 0, doc: token.tokenType === t.DocComment };
}

function treeOf(node: CstNode, beside: ReadonlyMap<IToken, Beside>): SyntaxPart {
  let rule = node;
  for (let only = onlyChild(rule); only !== undefined; only = onlyChild(rule)) rule = only;
  const places: number[] = [];
  const children: SyntaxPart[] = [];
  let kinds = 0;
  for (const kind in rule.children) {
    kinds++;
    for (const element of rule.children[kind] ?? []) {
      if ("children" in element) {
        places.push(element.location?.startOffset ?? 0);
        children.push(treeOf(element, beside));
      } else {
        places.push(element.startOffset);
        children.push(leafOf(kind, element, beside.get(element)));
      }
    }
  }
  return { rule: rule.name, children: kinds > 1 ? inOrder(children, places) : children };
}

/** The rule that is all there is to a rule. */
function onlyChild(node: CstNode): CstNode | undefined {
  let only: CstNode | undefined;
  for (const kind in node.children) {
    const [element, more] = node.children[kind] ?? [];
    if (only !== undefined || more !== undefined || element === undefined || !("children" in element)) return undefined;
    only = element;
  }
  return only;
}

/** A rule's parts come grouped by what they are. */
function inOrder(parts: readonly SyntaxPart[], places: readonly number[]): readonly SyntaxPart[] {
  const order = places.map((_, i) => i).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  return order.flatMap((i) => parts[i] ?? []);
}

function leafOf(kind: string, token: IToken, { before, behind }: Beside = { before: [] }): SyntaxToken {
  const line = token.startLine ?? 0;
  return {
    kind,
    text: needlessTicks(token) ? identifierText(token) : token.image,
    line,
    endLine: token.endLine ?? line,
    before,
    ...(behind === undefined ? {} : { behind }),
  };
}

/** Words of the language keep their backticks: what is a name today may be a keyword in its place tomorrow. */
function needlessTicks(token: IToken): boolean {
  if (token.tokenType !== t.QuotedName) return false;
  const name = identifierText(token);
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isWord(name);
}
