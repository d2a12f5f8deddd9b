import { type CstNode, type ILexingResult, type IToken, Lexer } from "chevrotain";
import type { Diagnostic, SourceFile, Span } from "../../core/index.ts";
import type { BrokenDeclaration, Declaration } from "./ast.ts";
import { buildDeclaration } from "./build-declaration.ts";
import { BuildError } from "./build-expression.ts";
import { spanOfToken } from "./cst.ts";
import { DocComments, type Stretch } from "./docs.ts";
import { grammar } from "./grammar.ts";
import { tooDeep } from "./nesting.ts";
import { brokenDeclaration, splitDeclarations } from "./split.ts";
import { characterError, mistakeError, syntaxError, textError } from "./syntax-error.ts";
import * as t from "./tokens.ts";

/** Sizes beyond which a file is refused before it is read. */
export interface ParseLimits {
  /** UTF-16 units of one file. */
  readonly fileLength: number;
  /** How deep brackets and powers may nest. */
  readonly nesting: number;
  /** Words and signs of one file. */
  readonly tokens: number;
  /** Errors reported of one file. */
  readonly errors: number;
}

/** The limits unless others are given. */
export const defaultParseLimits: ParseLimits = { fileLength: 4_000_000, nesting: 60, tokens: 200_000, errors: 50 };

/** What a file says, as far as it can be read. */
export interface ParsedFile {
  readonly declarations: readonly Declaration[];
  /** Declarations with an error: what refers to them is not wrong for that. */
  readonly broken: readonly BrokenDeclaration[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Text to words and signs. */
export const lexer: Lexer = new Lexer(t.allTokens, { positionTracking: "full", ensureOptimizations: false });

/**
 * Text to AST. Every declaration is parsed by itself, so that one mistake is one error and reading goes on at the
 * next declaration.
 */
export function parse(file: SourceFile, limits: ParseLimits = defaultParseLimits): ParsedFile {
  return read(file, limits);
}

/** A file as written: what the grammar made of its declarations, its comments and its errors. */
export interface ConcreteFile {
  readonly nodes: readonly CstNode[];
  readonly tokens: readonly IToken[];
  /** Of both kinds, in the order of the text. */
  readonly comments: readonly IToken[];
  readonly diagnostics: readonly Diagnostic[];
}

/** As {@link parse}, with the trees of the grammar. */
export function parseConcrete(file: SourceFile, limits: ParseLimits = defaultParseLimits): ConcreteFile {
  const kept: Kept = { nodes: [], tokens: [], comments: [] };
  const { diagnostics } = read(file, limits, kept);
  kept.comments.sort((a, b) => a.startOffset - b.startOffset);
  return { ...kept, diagnostics };
}

interface Kept {
  readonly nodes: CstNode[];
  tokens: readonly IToken[];
  readonly comments: IToken[];
}

function read(file: SourceFile, limits: ParseLimits, kept?: Kept): ParsedFile {
  const whole: Span = { file: file.path, start: 0, end: 1, line: 1, column: 1 };
  if (file.text.length > limits.fileLength) {
    return refused(`a file may hold ${String(limits.fileLength)} characters`, whole);
  }
  const text = file.text.charCodeAt(0) === 0xfeff ? ` ${file.text.slice(1)}` : file.text;
  const lexed = lexer.tokenize(text);
  if (lexed.tokens.length > limits.tokens) {
    return refused(`a file may hold ${String(limits.tokens)} words and signs`, whole);
  }
  if (kept !== undefined) {
    kept.tokens = lexed.tokens;
    for (const group of ["docs", "comments"]) for (const token of lexed.groups[group] ?? []) kept.comments.push(token);
  }
  const diagnostics: Diagnostic[] = [];
  const declarations: Declaration[] = [];
  const broken: BrokenDeclaration[] = [];
  const docs = new DocComments(lexed.groups["docs"] ?? [], lexed.tokens, file.path);
  const characters = strangeCharacters(lexed, text, file.path);
  const unread: Stretch[] = [];
  let from = 0;
  const parts = splitDeclarations(lexed.tokens.filter(({ tokenType }) => tokenType !== t.StrangeCharacters));
  for (const [i, part] of parts.entries()) {
    const end = parts[i + 1]?.[0]?.startOffset ?? Infinity;
    let to = from;
    while ((characters[to]?.span.start ?? Infinity) < end) to++;
    const result = readPart(part, characters.slice(from, to), file.path, docs, limits);
    from = to;
    if ("declaration" in result) {
      declarations.push(result.declaration);
      kept?.nodes.push(result.node);
    } else {
      broken.push(brokenDeclaration(part));
      unread.push({ start: part[0]?.startOffset ?? 0, line: part[0]?.startLine ?? 0, end });
      diagnostics.push(...result.problems);
    }
  }
  if (parts.length === 0) diagnostics.push(...onePerLine(characters));
  if (parts.length > 0 || characters.length === 0) diagnostics.push(...docs.unused(unread));
  return { declarations, broken, diagnostics: diagnostics.slice(0, limits.errors) };
}

/** One declaration, or what is wrong with it: wrong characters first, since they make nonsense of the rest. */
function readPart(
  part: IToken[],
  characters: readonly Diagnostic[],
  file: string,
  docs: DocComments,
  limits: ParseLimits,
): { readonly declaration: Declaration; readonly node: CstNode } | { readonly problems: readonly Diagnostic[] } {
  const words = part.flatMap((token) => mistakeError(token, file) ?? []);
  if (characters.length + words.length > 0) return { problems: onePerLine([...characters, ...words]) };
  const deep = tooDeep(part, limits.nesting);
  if (deep !== undefined) {
    const message = `brackets and powers nest deeper than ${String(limits.nesting)}`;
    return { problems: [textError("too-deep", message, spanOfToken(deep, file), "name a part of it with let")] };
  }
  grammar.input = part;
  const node = grammar.declaration();
  const [problem] = grammar.errors;
  if (problem !== undefined) return { problems: [syntaxError(problem, part, file)] };
  try {
    return { declaration: buildDeclaration(node, file, docs), node };
  } catch (failure) {
    if (!(failure instanceof BuildError)) throw failure;
    return { problems: [textError(failure.code, failure.message, failure.span, failure.hint)] };
  }
}

/** Errors for all characters that no word or sign has, in the order of the text. */
function strangeCharacters({ tokens, errors }: ILexingResult, text: string, file: string): readonly Diagnostic[] {
  const strange = tokens.filter(({ tokenType }) => tokenType === t.StrangeCharacters);
  return [
    ...strange.map((token) => characterError(spanOfToken(token, file), text)),
    ...errors.map(({ offset, line, column, length }) =>
      characterError({ file, start: offset, end: offset + length, line: line ?? 1, column: column ?? 1 }, text),
    ),
  ].sort((a, b) => a.span.start - b.span.start);
}

function onePerLine(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const lines = new Set<number>();
  return diagnostics
    .toSorted((a, b) => a.span.start - b.span.start)
    .filter(({ span }) => !lines.has(span.line) && lines.add(span.line));
}

function refused(message: string, span: Span): ParsedFile {
  const problem = textError(
    "file-too-large",
    message,
    span,
    "split it: all the .tondo files of a folder are one project",
  );
  return { declarations: [], broken: [{ kind: "unknown" }], diagnostics: [problem] };
}
