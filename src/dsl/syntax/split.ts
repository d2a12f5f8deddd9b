import { type IToken, tokenMatcher } from "chevrotain";
import type { BrokenDeclaration } from "./ast.ts";
import { identifierText } from "./cst.ts";
import * as t from "./tokens.ts";

/**
 * The words and signs of each declaration. One begins where its word stands first on a line, outside brackets; or in
 * the first column and before a name (of a test a text), since then the brackets before it were left open.
 */
export function splitDeclarations(all: readonly IToken[]): readonly IToken[][] {
  const parts: IToken[][] = [];
  let depth = 0;
  let line = 0;
  for (const [i, token] of all.entries()) {
    const first = token.startLine !== line;
    line = token.endLine ?? line;
    const next = all[i + 1];
    const named = next !== undefined && tokenMatcher(next, token.tokenType === t.Test ? t.StringLiteral : t.Name);
    const inside = depth > 0 && (token.startColumn !== 1 || !named);
    if ((first && !inside && beginsDeclaration(token)) || parts.length === 0) {
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

/** Whether a declaration may begin with this word. */
export function beginsDeclaration(token: IToken): boolean {
  return t.declarationWords.some((word) => tokenMatcher(token, word));
}

/** What a declaration that cannot be read would have declared, as far as its first words say. */
export function brokenDeclaration([word, first, colon, second]: readonly IToken[]): BrokenDeclaration {
  if (word?.tokenType === t.Test) return { kind: "test" };
  if (word === undefined || first === undefined || !tokenMatcher(first, t.Name)) return { kind: "unknown" };
  const name = identifierText(first);
  const paired = colon !== undefined && second !== undefined && tokenMatcher(colon, t.Colon);
  const group = paired ? `${name}:${identifierText(second)}` : undefined;
  if (!beginsDeclaration(word)) return { kind: "unknown", name: group ?? name };
  if (word.tokenType === t.Group) return group === undefined ? { kind: "unknown" } : { kind: "group", name: group };
  return {
    kind: word.tokenType === t.Entity ? "entity" : word.tokenType === t.Vector ? "vector" : "source",
    name,
  };
}
