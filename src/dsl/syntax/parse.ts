import { type ILexingError, type IRecognitionException, type IToken, Lexer, tokenMatcher } from "chevrotain";
import type { Diagnostic, SourceFile, Span } from "../../core/index.ts";
import type { Declaration } from "./ast.ts";
import { buildDeclaration } from "./build-declaration.ts";
import { BuildError } from "./build-expression.ts";
import { spanOfToken } from "./cst.ts";
import { DocComments } from "./docs.ts";
import { grammar } from "./grammar.ts";
import * as t from "./tokens.ts";

/** Sizes beyond which a file is refused before it is read. */
export interface ParseLimits {
  /** UTF-16 units of one file. */
  readonly fileLength: number;
  /** How deep brackets may nest. */
  readonly nesting: number;
  /** Operators and calls in one declaration's longest chain without brackets. */
  readonly tokens: number;
}

/** The limits unless others are given. */
export const defaultParseLimits: ParseLimits = { fileLength: 4_000_000, nesting: 60, tokens: 200_000 };

/** What a file says, as far as it can be read. */
export interface ParsedFile {
  readonly declarations: readonly Declaration[];
  readonly diagnostics: readonly Diagnostic[];
}

const lexer = new Lexer(t.allTokens, { positionTracking: "full", ensureOptimizations: false });

/**
 * Text to AST. Every declaration is parsed by itself, so that one mistake is one error and reading goes on at the
 * next declaration.
 */
export function parse(file: SourceFile, limits: ParseLimits = defaultParseLimits): ParsedFile {
  const whole: Span = { file: file.path, start: 0, end: 1, line: 1, column: 1 };
  if (file.text.length > limits.fileLength) {
    return failed("file-too-large", `a file may hold ${String(limits.fileLength)} characters`, whole);
  }
  const text = file.text.charCodeAt(0) === 0xfeff ? ` ${file.text.slice(1)}` : file.text;
  const lexed = lexer.tokenize(text);
  if (lexed.tokens.length > limits.tokens) {
    return failed("file-too-large", `a file may hold ${String(limits.tokens)} words and signs`, whole);
  }
  const diagnostics: Diagnostic[] = lexed.errors.slice(0, 20).map((error) => lexingError(error, text, file.path));
  const docs = new DocComments(lexed.groups["docs"] ?? [], file.path);
  const declarations: Declaration[] = [];
  const broken = new Set(diagnostics.map((diagnostic) => diagnostic.span.line));
  for (const part of splitDeclarations(lexed.tokens)) {
    const deep = tooDeep(part, limits.nesting);
    if (deep !== undefined) {
      diagnostics.push(
        error("too-deep", `brackets nest deeper than ${String(limits.nesting)}`, spanOfToken(deep, file.path)),
      );
      continue;
    }
    grammar.input = part;
    const node = grammar.declaration();
    const [problem] = grammar.errors;
    if (problem !== undefined) {
      const diagnostic = syntaxError(problem, part, file.path);
      // A character the lexer could not read is one mistake, not two.
      if (!broken.has(diagnostic.span.line)) diagnostics.push(diagnostic);
      continue;
    }
    try {
      declarations.push(buildDeclaration(node, file.path, docs));
    } catch (failure) {
      if (!(failure instanceof BuildError)) throw failure;
      diagnostics.push(error(failure.code, failure.message, failure.span));
    }
  }
  if (diagnostics.length === 0) diagnostics.push(...docs.unused());
  return { declarations, diagnostics };
}

function failed(code: string, message: string, span: Span): ParsedFile {
  return { declarations: [], diagnostics: [error(code, message, span)] };
}

function error(code: string, message: string, span: Span, hint?: string): Diagnostic {
  return { code, severity: "error", message, span, ...(hint === undefined ? {} : { hint }) };
}

/** A declaration begins where its word stands first on a line, outside brackets or in the first column. */
function splitDeclarations(all: readonly IToken[]): readonly IToken[][] {
  const parts: IToken[][] = [];
  let depth = 0;
  let line = 0;
  for (const token of all) {
    const first = token.startLine !== line;
    line = token.endLine ?? line;
    const starts =
      first && (depth <= 0 || token.startColumn === 1) && t.declarationWords.some((word) => tokenMatcher(token, word));
    if (starts || parts.length === 0) {
      parts.push([]);
      depth = 0;
    }
    if (token.tokenType === t.LeftBrace || token.tokenType === t.LeftParen || token.tokenType === t.LeftBracket)
      depth++;
    if (token.tokenType === t.RightBrace || token.tokenType === t.RightParen || token.tokenType === t.RightBracket)
      depth--;
    parts.at(-1)?.push(token);
  }
  return parts;
}

/** The bracket that goes too deep. `^` nests to the right and counts as a bracket. */
function tooDeep(part: readonly IToken[], nesting: number): IToken | undefined {
  let depth = 0;
  let powers = 0;
  for (const token of part) {
    if (token.tokenType === t.LeftParen || token.tokenType === t.LeftBracket) depth++;
    if (token.tokenType === t.RightParen || token.tokenType === t.RightBracket) depth--;
    if (token.tokenType === t.Caret) powers++;
    if (token.tokenType === t.Assign) powers = 0;
    if (depth > nesting || powers > nesting) return token;
  }
  return undefined;
}

function lexingError(problem: ILexingError, text: string, file: string): Diagnostic {
  const span: Span = {
    file,
    start: problem.offset,
    end: problem.offset + 1,
    line: problem.line ?? 1,
    column: problem.column ?? 1,
  };
  const character = String.fromCodePoint(text.codePointAt(problem.offset) ?? 0);
  if (character === '"') return error("open-string", "this text does not end on its line", span, 'close it with "');
  if (character === "`") return error("open-name", "this name does not end on its line", span, "close it with `");
  if (character === "'") return error("bad-character", "texts stand in double quotes", span, 'write "..."');
  if (/[0-9]/.test(character)) {
    return error(
      "bad-number",
      "this is neither a number nor a duration",
      span,
      "durations are written 90s, 5m, 1h, 7d, 2w",
    );
  }
  return error("bad-character", `"${character}" means nothing here`, span);
}

function syntaxError(problem: IRecognitionException, part: readonly IToken[], file: string): Diagnostic {
  const last = part.at(-1) ?? problem.token;
  const found = Number.isNaN(problem.token.startOffset) ? undefined : problem.token;
  const span = spanOfToken(found ?? last, file);
  const expected = expectation(problem);
  const what =
    found === undefined ? "the declaration ends too early" : `"${found.image.slice(0, 40)}" does not fit here`;
  if (!t.declarationWords.some((word) => part[0] !== undefined && tokenMatcher(part[0], word))) {
    return error(
      "syntax",
      `"${part[0]?.image.slice(0, 40) ?? ""}" begins no declaration`,
      spanOfToken(part[0] ?? last, file),
      "declarations begin with entity, events, snapshot, table, group or vector",
    );
  }
  return error("syntax", expected === undefined ? what : `${what}; expected ${expected}`, span);
}

function expectation(problem: IRecognitionException): string | undefined {
  // Chevrotain says it in its message only: "... expecting token of type --> X <-- but found".
  const single = /--> ?(.+?) ?<--/.exec(problem.message)?.[1];
  if (problem.name === "MismatchedTokenException" && single !== undefined) return readable(single);
  const rule = problem.context.ruleStack.at(-1);
  if (rule === undefined) return undefined;
  const forms: Readonly<Record<string, string>> = {
    primary: "a value",
    compared: "a value",
    source: "parquet, csv, columns, at, id or }",
    transport: "parquet or csv",
    group: 'a feature ("name = ..."), a property or }',
    definition: '"= ..." or ","',
    vector: "key, input, let, label, a slot or }",
    label: '"= ..." or ": type"',
    property: "owner, description, sla, ttl or hop with its value",
  };
  return forms[rule];
}

function readable(token: string): string {
  return token === "Name"
    ? "a name"
    : token === "String"
      ? 'a text in "..."'
      : token === "Duration"
        ? "a duration such as 7d"
        : `"${token}"`;
}
