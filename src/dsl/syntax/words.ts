import { type IToken, tokenMatcher } from "chevrotain";
import { identifierText } from "./cst.ts";
import { defaultParseLimits, lexer, type ParseLimits } from "./parse.ts";
import { splitDeclarations } from "./split.ts";
import * as t from "./tokens.ts";

/** A word or sign of a text that may not be whole. */
export interface Word {
  /** As written. */
  readonly image: string;
  /** The name it may be, without backticks; absent where it can be none. */
  readonly name?: string;
  readonly kind: "word" | "string" | "number" | "sign";
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/** What a text is made of, whether or not it can be parsed. */
export interface LexedText {
  /** The words and signs of each declaration, as the parser takes them apart. */
  readonly declarations: readonly (readonly Word[])[];
  readonly comments: readonly { readonly start: number; readonly end: number }[];
}

/** Words, signs and comments, for those who help while a text is being written. Nothing of a text beyond the limits. */
export function lexText(text: string, limits: ParseLimits = defaultParseLimits): LexedText {
  if (text.length > limits.fileLength) return { declarations: [], comments: [] };
  const { tokens, groups } = lexer.tokenize(text);
  if (tokens.length > limits.tokens) return { declarations: [], comments: [] };
  const known = tokens.filter(({ tokenType }) => tokenType !== t.StrangeCharacters);
  return {
    declarations: splitDeclarations(known).map((part) => part.map(wordOf)),
    comments: [...(groups["docs"] ?? []), ...(groups["comments"] ?? [])].map(placeOf),
  };
}

function wordOf(token: IToken): Word {
  const name = tokenMatcher(token, t.Name);
  const number = token.tokenType === t.DurationLiteral || tokenMatcher(token, t.NumberLiteral);
  const kind = tokenMatcher(token, t.StringLiteral)
    ? "string"
    : name || /^\w/.test(token.image)
      ? number
        ? "number"
        : "word"
      : "sign";
  return {
    image: token.image,
    ...(name ? { name: identifierText(token) } : {}),
    kind,
    ...placeOf(token),
    line: token.startLine ?? 1,
  };
}

function placeOf(token: IToken): { readonly start: number; readonly end: number } {
  return { start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}
