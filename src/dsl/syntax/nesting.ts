import type { IToken } from "chevrotain";
import * as t from "./tokens.ts";

/** What nests to the right without brackets, at one level of brackets. */
interface Chain {
  powers: number;
  wheres: number;
}

/**
 * The first token that nests deeper than allowed, so that no text overflows the parser. Brackets nest, and so do powers
 * (`a ^ b ^ c`) and conditions of windows within conditions of windows.
 */
export function tooDeep(part: readonly IToken[], nesting: number): IToken | undefined {
  const outer: Chain[] = [];
  let chain: Chain = { powers: 0, wheres: 0 };
  let below = 0;
  for (const [i, token] of part.entries()) {
    switch (token.tokenType) {
      case t.LeftParen:
      case t.LeftBracket:
        outer.push(chain);
        below += 1 + chain.powers + chain.wheres;
        chain = { powers: 0, wheres: 0 };
        break;
      case t.RightParen:
      case t.RightBracket:
        chain = outer.pop() ?? { powers: 0, wheres: 0 };
        below = outer.reduce((sum, { powers, wheres }) => sum + 1 + powers + wheres, 0);
        break;
      case t.Caret:
        chain.powers++;
        break;
      case t.Where:
        chain.wheres++;
        break;
      case t.Assign:
      case t.Comma:
      case t.OrElse:
      case t.Pipe:
        chain = { powers: 0, wheres: 0 };
        break;
      case t.Minus:
        if (part[i - 1]?.tokenType !== t.Caret && part[i - 1]?.tokenType !== t.Minus) chain.powers = 0;
        break;
      case t.Plus:
      case t.Star:
      case t.Slash:
      case t.Equal:
      case t.NotEqual:
      case t.Less:
      case t.LessEqual:
      case t.Greater:
      case t.GreaterEqual:
      case t.In:
      case t.Is:
      case t.And:
      case t.Or:
        chain.powers = 0;
        break;
      default:
    }
    if (below + chain.powers + chain.wheres > nesting) return token;
  }
  return undefined;
}
