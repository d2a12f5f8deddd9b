import { type IToken, tokenMatcher } from "chevrotain";
import { scalarKinds } from "../../core/index.ts";
import { durationMeant } from "./duration-hint.ts";
import { didYouMean } from "./nearest.ts";
import { testHint } from "./test-hint.ts";
import * as t from "./tokens.ts";
import { type Expected, wordHint } from "./word-hint.ts";

const operators: ReadonlySet<unknown> = new Set([
  t.OrElse,
  t.Or,
  t.And,
  t.Not,
  t.Equal,
  t.NotEqual,
  t.Less,
  t.LessEqual,
  t.Greater,
  t.GreaterEqual,
  t.Plus,
  t.Minus,
  t.Star,
  t.Slash,
  t.Caret,
  t.Pipe,
  t.Comma,
]);

/** Whether a value stands on both sides of that word or sign. */
export function isOperator({ tokenType }: IToken): boolean {
  return operators.has(tokenType);
}

const comparisons: ReadonlySet<unknown> = new Set([
  t.Is,
  t.In,
  t.Equal,
  t.NotEqual,
  t.Less,
  t.LessEqual,
  t.Greater,
  t.GreaterEqual,
]);

const reservedWords: ReadonlySet<unknown> = new Set([
  t.And,
  t.Or,
  t.Not,
  t.In,
  t.Is,
  t.Over,
  t.Where,
  t.True,
  t.False,
  t.Now,
]);

const typeWords: ReadonlySet<string> = new Set(["list", ...scalarKinds]);

const durations: ReadonlySet<unknown> = new Set([t.Sla, t.Ttl, t.Hop, t.Lag]);
const properties = ["owner", "description", "sla", "ttl", "hop"];

/** An operator that ends a line, where the next line turned out to begin something else: `x = a +` above `y = b`. */
export function danglingToken(part: readonly IToken[], at: number): IToken | undefined {
  const found = part[at];
  const before = part[at - 1];
  const operator = part[at - 2];
  if (found?.tokenType === t.RightBrace && before !== undefined && operators.has(before.tokenType)) return before;
  if (found?.tokenType !== t.Assign || before === undefined || operator === undefined) return undefined;
  return tokenMatcher(before, t.Name) && operator.endLine !== before.startLine && operators.has(operator.tokenType)
    ? operator
    : undefined;
}

/** What the writer of the token at that place most likely meant. */
export function syntaxHint(part: readonly IToken[], at: number, expected: Expected): string | undefined {
  const found = part[at];
  const before = part[at - 1];
  const next = part[at + 1];
  if (found === undefined || before === undefined) return undefined;
  const inTest = testHint(part, at);
  if (inTest !== undefined) return inTest;
  const sameLine = before.endLine === found.startLine;
  const reserved = reservedWords.has(found.tokenType);
  if (reserved && (next?.tokenType === t.Assign || next?.tokenType === t.Colon)) {
    return `"${found.image}" is a word of the language: as a name write \`${found.image}\``;
  }
  if (operators.has(found.tokenType) && followsPipe(part, at)) {
    return "| binds loosest: put what it makes in brackets, (x | f) + 1";
  }
  if (comparisons.has(found.tokenType) && endsValue(before)) {
    return "comparisons do not chain: join two with and, or write between(x, low, high)";
  }
  const sql = sqlHint(part, at);
  if (sql !== undefined) return sql;
  switch (found.tokenType) {
    case t.Assign:
      return sameLine ? "two values are compared with ==" : undefined;
    case t.Question:
      return "there is no ternary: write if(condition, a, b); ?? gives a value for a missing one";
    case t.Where:
      return "`where` stands behind the window: count() over 7d where ...";
    case t.RightBrace:
      return before.tokenType === t.RightBrace ? "there is one } too many" : undefined;
    case t.RightParen:
      return endsValue(before) ? "there is one ) too many" : undefined;
    case t.LeftParen:
      return before.tokenType === t.In ? "a list stands in [ ]: x in [1, 2]" : undefined;
    case t.Reference:
      return tokenMatcher(before, t.Name)
        ? "a version is written feature@2, a whole number behind a feature of a group; all else has none"
        : undefined;
    case t.Colon:
    case t.LeftBracket:
      if (part[at - 2]?.tokenType === t.Colon && typeWords.has(before.image))
        return "a list is written list<string>, an embedding embedding(8)";
      return tokenMatcher(before, t.Name) && part[at - 2]?.tokenType !== t.Key
        ? "a feature is written @entity:group:feature, with [key] behind it"
        : undefined;
    default:
  }
  if (next?.tokenType === t.Reference && part[at + 2]?.tokenType === t.NumberLiteral) {
    return "versions are of features in groups: a slot, a label or a step has none";
  }
  if (before.tokenType === t.Reference && endsValue(part[at - 2] ?? before)) {
    return "a version is a whole number: feature@2";
  }
  if (tokenMatcher(found, t.Name) && found.image === "if" && sameLine && endsValue(before)) {
    return "a choice between two values is written if(condition, a, b)";
  }
  if (sameLine && startsValue(found) && endsValue(before) && isListed(part, at, expected)) {
    return 'values are parted by ","';
  }
  if (part[0]?.tokenType === t.Vector && next?.tokenType === t.Colon && tokenMatcher(found, t.Name)) {
    return `a slot is written ${found.image} = ...; with a type stand inputs, labels and columns only`;
  }
  if (before.tokenType === t.In && tokenMatcher(found, t.Name)) {
    return "a list stands in [ ]: x in [1, 2]; whether a value is in a list of the data says contains(list, x)";
  }
  if (before.tokenType === t.Is) return "write is missing, or is not missing";
  if (durations.has(before.tokenType)) return `\`${before.image}\` takes a duration, such as 1h`;
  if (tokenMatcher(found, t.StringLiteral) || found.tokenType === t.DurationLiteral) {
    if (sameLine && startsLine(part, at - 1)) return didYouMean(before.image, properties);
  }
  return wordHint(found, before, expected);
}

/** Whether a comma would go on with a list: in brackets that could close, or in a line of keys, inputs or an id. */
function isListed(part: readonly IToken[], at: number, { only }: Expected): boolean {
  if (only === ")" || only === "]") return true;
  let first = at - 1;
  while (first > 0 && !startsLine(part, first)) first--;
  const word = part[first]?.tokenType;
  return (
    (only === undefined || only === "}") && first < at - 1 && (word === t.Key || word === t.Input || word === t.Id)
  );
}

/** What of another language's aggregates and windows stands there: `count(*)`, `count(distinct x)`, `over 1 hour`. */
function sqlHint(part: readonly IToken[], at: number): string | undefined {
  const [behind, found, next] = [part[at - 2], part[at], part[at + 1]];
  const before = part[at - 1];
  if (found === undefined || before === undefined || behind === undefined) return undefined;
  if (found.tokenType === t.Star && before.tokenType === t.LeftParen && behind.image === "count")
    return "rows are counted by count(): count() over 7d";
  const isCount = behind.tokenType === t.LeftParen && part[at - 3]?.image === "count";
  if (isCount && before.image.toLowerCase() === "distinct" && tokenMatcher(found, t.Name))
    return `different values are counted by distinct(${found.image}) over 7d`;
  if (found.tokenType !== t.NumberLiteral || (before.tokenType !== t.Over && before.tokenType !== t.Next))
    return undefined;
  const meant = durationMeant(found.image, next?.image ?? "");
  return meant === undefined
    ? undefined
    : `a duration is one word: over ${before.tokenType === t.Next ? "next " : ""}${meant}`;
}

/** The `next` of a window that stands behind its length: `over 24h next`. */
export function lateNext(part: readonly IToken[], at: number): IToken | undefined {
  const place = part[at]?.tokenType === t.Next ? at : at - 1;
  const found = part[place];
  const isLate =
    found?.tokenType === t.Next &&
    part[place - 1]?.tokenType === t.DurationLiteral &&
    part[place - 2]?.tokenType === t.Over;
  return isLate ? found : undefined;
}

/** Whether the last value before that place came out of a pipe: `x | f` or `x | f(...)`. */
function followsPipe(part: readonly IToken[], at: number): boolean {
  let i = at - 1;
  if (part[i]?.tokenType === t.RightParen) {
    for (let depth = 0; i >= 0; i--) {
      if (part[i]?.tokenType === t.RightParen) depth++;
      if (part[i]?.tokenType === t.LeftParen && --depth === 0) break;
    }
    i--;
  }
  return part[i - 1]?.tokenType === t.Pipe;
}

/** Whether a token is the first of its line. */
export function startsLine(part: readonly IToken[], at: number): boolean {
  return part[at]?.startLine !== part[at - 1]?.endLine;
}

function endsValue(token: IToken): boolean {
  return (
    token.tokenType === t.RightParen || token.tokenType === t.RightBracket || (startsValue(token) && !isReserved(token))
  );
}

function startsValue(token: IToken): boolean {
  return [t.Name, t.NumberLiteral, t.StringLiteral, t.DurationLiteral].some((type) => tokenMatcher(token, type));
}

function isReserved({ tokenType }: IToken): boolean {
  return reservedWords.has(tokenType);
}
