import { EOF, type IRecognitionException, type IToken } from "chevrotain";
import type { Diagnostic, Span } from "../../core/index.ts";
import { spanOfToken } from "./cst.ts";
import { durationHint } from "./duration-hint.ts";
import { didYouMean } from "./nearest.ts";
import { beginsDeclaration } from "./split.ts";
import { danglingToken, isOperator, lateNext, startsLine, syntaxHint } from "./syntax-hint.ts";
import * as t from "./tokens.ts";

/** An error of a file's text. */
export function textError(code: string, message: string, span: Span, hint?: string): Diagnostic {
  return { code, severity: "error", message, span, ...(hint === undefined ? {} : { hint }) };
}

/** The error for a character that no word or sign has. */
export function characterError(span: Span, text: string): Diagnostic {
  const character = String.fromCodePoint(text.codePointAt(span.start) ?? 0);
  const hints: ReadonlyMap<string, string> = new Map([
    [";", "a line ends by itself: leave it out"],
    ["#", "comments begin with //"],
    [".", 'a fraction is written 0.5, a call f(x) or x | f, a path "data/x.parquet"'],
    ["&", "write and"],
  ]);
  return textError("bad-character", `"${character}" means nothing here`, span, hints.get(character));
}

/** The error for a word or sign that was written for another, or `undefined` where it is none of those. */
export function mistakeError(token: IToken, file: string): Diagnostic | undefined {
  const mistake = t.mistakes.find((candidate) => candidate.token === token.tokenType);
  return mistake === undefined
    ? undefined
    : textError(mistake.code, mistake.message, spanOfToken(token, file), durationHint(token.image) ?? mistake.hint);
}

/** The error for a declaration that the grammar does not take. */
export function syntaxError(problem: IRecognitionException, part: readonly IToken[], file: string): Diagnostic {
  const [head] = part;
  if (head !== undefined && !beginsDeclaration(head)) return noDeclaration(head, file);
  const last = part.at(-1) ?? problem.token;
  const at = problem.token.tokenType === EOF ? part.length : part.indexOf(problem.token);
  const found = part[at];
  const open = openBracket(part.slice(0, at));
  const expected = expectation(problem);
  if (open !== undefined && (found === undefined || (startsLine(part, at) && /^"[)\]]"$/.test(expected ?? "")))) {
    const close = open.tokenType === t.LeftBrace ? "}" : open.tokenType === t.LeftParen ? ")" : "]";
    const message = `this ${open.image} is not closed`;
    return textError("syntax", message, spanOfToken(open, file), `add the missing ${close}`);
  }
  const before = part[at - 1];
  if (expected === '"at"' && problem.context.ruleStack.at(-1) === "expectation" && before !== undefined) {
    const message = "this expectation says not as of which moment";
    return textError("syntax", message, spanOfToken(before, file), 'write expect ... at "12:05" == 1');
  }
  const dangling = danglingToken(part, at);
  if (dangling !== undefined) {
    return textError("syntax", `"${dangling.image}" needs something behind it`, spanOfToken(dangling, file));
  }
  const late = lateNext(part, at);
  if (late !== undefined) {
    const length = part[part.indexOf(late) - 1]?.image ?? "2h";
    const message = '"next" does not fit here';
    return textError("syntax", message, spanOfToken(late, file), `it stands before the length: over next ${length}`);
  }
  const image = (found?.image ?? "").slice(0, 40);
  const what =
    found === undefined
      ? "the declaration ends too early"
      : `${image.startsWith('"') ? image : `"${image}"`} does not fit here`;
  const isBehind = problem.context.ruleStack.at(-1) === "test" && found !== undefined && isOperator(found);
  const hint = isBehind
    ? 'behind the moment stands one comparison at most: expect a == 1 and b == 2 at "12:05"'
    : found === undefined
      ? undefined
      : syntaxHint(part, at, { rule: problem.context.ruleStack.at(-1), only: onlyExpected(problem) });
  const span = spanOfToken(found ?? last, file);
  if (hint !== undefined) return textError("syntax", what, span, hint);
  return textError("syntax", expected === undefined ? what : `${what}; expected ${expected}`, span);
}

/** The innermost bracket that the tokens leave open. */
function openBracket(tokens: readonly IToken[]): IToken | undefined {
  const open: IToken[] = [];
  for (const token of tokens) {
    if (token.tokenType === t.LeftBrace || token.tokenType === t.LeftParen || token.tokenType === t.LeftBracket)
      open.push(token);
    if (token.tokenType === t.RightBrace || token.tokenType === t.RightParen || token.tokenType === t.RightBracket)
      open.pop();
  }
  return open.at(-1);
}

function noDeclaration(head: IToken, file: string): Diagnostic {
  const words = t.declarationWords.map(({ LABEL }) => LABEL ?? "");
  return textError(
    "syntax",
    `"${head.image.slice(0, 40)}" begins no declaration`,
    spanOfToken(head, file),
    didYouMean(head.image, words) ??
      `declarations begin with ${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`,
  );
}

function expectation(problem: IRecognitionException): string | undefined {
  const single = onlyExpected(problem);
  const form = forms.get(problem.context.ruleStack.at(-1));
  if (single === undefined) return form;
  return single === "}" && form !== undefined ? form : readable(single);
}

/** The one word or sign that would have fitted, where there is but one. */
function onlyExpected({ name, message }: IRecognitionException): string | undefined {
  // Chevrotain says it in its message only: "... expecting token of type --> X <-- but found".
  return name === "MismatchedTokenException" ? /--> ?(.+?) ?<--/.exec(message)?.[1] : undefined;
}

const forms: ReadonlyMap<string | undefined, string> = new Map([
  ["primary", "a value"],
  ["compared", "a value"],
  ["typedName", "a name and its type, such as restaurant_id: string"],
  ["elementType", "the type of the elements, such as list<string>"],
  ["size", "a size, such as embedding(8)"],
  ["entity", "a key column, such as restaurant_id: string"],
  ["columns", "a column, such as fare: float"],
  ["source", "parquet, csv, kafka, columns, at, id, deleted, pii, owner, description or }"],
  ["transport", "parquet, csv or kafka"],
  ["group", 'a feature ("name = ..."), a property or }'],
  ["definition", '"= ..." or ","'],
  ["vector", "key, input, pii, let, label, a slot or }"],
  ["label", '"= ..." or ": type"'],
  ["test", "given, expect or }"],
  ["given", 'a row such as { restaurant_id: "r1", at: "12:00" }'],
  ["cell", "a column and its value, such as fare: 12.5"],
  ["expectation", 'a moment, such as at "12:05"'],
  ["property", "owner, description, sla, ttl or hop with its value"],
]);

function readable(token: string): string {
  switch (token) {
    case "Name":
      return "a name";
    case "String":
      return 'a text in "..."';
    case "Duration":
      return "a duration such as 7d";
    case "Number":
      return "a number";
    default:
      return `"${token}"`;
  }
}
