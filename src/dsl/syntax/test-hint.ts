import { type IToken, tokenMatcher } from "chevrotain";
import * as t from "./tokens.ts";

/** What the writer of a `test` most likely meant with the token at that place. */
export function testHint(part: readonly IToken[], at: number): string | undefined {
  const found = part[at];
  const before = part[at - 1];
  if (part[0]?.tokenType !== t.Test || found === undefined || before === undefined) return undefined;
  if (before.tokenType === t.Test) return 'what a test says is a text: test "an order counts once"';
  if (before.tokenType === t.AtMoment) return 'a moment is a text: at "12:05"';
  const isColumn = tokenMatcher(before, t.Name) && isInRow(part[at - 2]);
  if (isColumn) return `in a row a value stands behind a colon: ${before.image}: ...`;
  const next = part[at + 1];
  if (next?.tokenType === t.Colon && tokenMatcher(found, t.Name)) return 'the columns of a row are parted by ","';
  return undefined;
}

/** Whether a column's name may follow. */
function isInRow(token: IToken | undefined): boolean {
  return token?.tokenType === t.LeftBrace || token?.tokenType === t.Comma;
}
