import { createToken, Lexer, type TokenType } from "chevrotain";

/** A name: bare, or in backticks where it holds more than ASCII letters, digits and _. Words of the language that are not reserved are names too. */
export const Name: TokenType = createToken({ name: "Name", pattern: /[A-Za-z_][A-Za-z0-9_]*/, line_breaks: false });
export const QuotedName: TokenType = createToken({
  name: "QuotedName",
  pattern: /`[^`\r\n]+`/,
  categories: [Name],
  line_breaks: false,
});

/** A word with a meaning in its place only: elsewhere it is a name. */
function word(text: string): TokenType {
  return createToken({ name: tokenName(text), label: text, pattern: text, longer_alt: Name, categories: [Name] });
}

/** A word that is never a bare name. */
function reserved(text: string): TokenType {
  return createToken({ name: tokenName(text), label: text, pattern: text, longer_alt: Name });
}

/** Chevrotain keeps tokens and rules in one namespace: tokens are capitalised. */
function tokenName(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

export const Entity: TokenType = word("entity");
export const Events: TokenType = word("events");
export const Snapshot: TokenType = word("snapshot");
export const Table: TokenType = word("table");
export const Group: TokenType = word("group");
export const Vector: TokenType = word("vector");
export const Parquet: TokenType = word("parquet");
export const Csv: TokenType = word("csv");
export const Columns: TokenType = word("columns");
export const AtMoment: TokenType = word("at");
export const Known: TokenType = word("known");
export const Id: TokenType = word("id");
export const From: TokenType = word("from");
export const By: TokenType = word("by");
export const As: TokenType = word("as");
export const Owner: TokenType = word("owner");
export const Description: TokenType = word("description");
export const Sla: TokenType = word("sla");
export const Ttl: TokenType = word("ttl");
export const Hop: TokenType = word("hop");
export const Key: TokenType = word("key");
export const Input: TokenType = word("input");
export const Label: TokenType = word("label");
export const Let: TokenType = word("let");
export const Next: TokenType = word("next");

export const And: TokenType = reserved("and");
export const Or: TokenType = reserved("or");
export const Not: TokenType = reserved("not");
export const In: TokenType = reserved("in");
export const Is: TokenType = reserved("is");
export const Over: TokenType = reserved("over");
export const Where: TokenType = reserved("where");
export const True: TokenType = reserved("true");
export const False: TokenType = reserved("false");
export const Now: TokenType = reserved("now");
export const Missing: TokenType = reserved("missing");

export const DurationLiteral: TokenType = createToken({
  name: "Duration",
  pattern: /\d+(?:us|ms|min|s|m|h|d|w)(?![A-Za-z0-9_])/,
  line_breaks: false,
});
export const NumberLiteral: TokenType = createToken({
  name: "Number",
  pattern: /\d+(?:_\d+)*(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z0-9_])/,
  line_breaks: false,
});
export const StringLiteral: TokenType = createToken({
  name: "String",
  pattern: /"(?:[^"\\\r\n]|\\.)*"/,
  line_breaks: false,
});

export const OrElse: TokenType = createToken({ name: "??", pattern: "??" });
export const Question: TokenType = createToken({ name: "?", pattern: "?" });
export const Equal: TokenType = createToken({ name: "==", pattern: "==" });
export const NotEqual: TokenType = createToken({ name: "!=", pattern: "!=" });
export const LessEqual: TokenType = createToken({ name: "<=", pattern: "<=" });
export const GreaterEqual: TokenType = createToken({ name: ">=", pattern: ">=" });
export const Less: TokenType = createToken({ name: "<", pattern: "<" });
export const Greater: TokenType = createToken({ name: ">", pattern: ">" });
export const Assign: TokenType = createToken({ name: "=", pattern: "=" });
export const Pipe: TokenType = createToken({ name: "|", pattern: "|" });
export const Plus: TokenType = createToken({ name: "+", pattern: "+" });
export const Minus: TokenType = createToken({ name: "-", pattern: "-" });
export const Star: TokenType = createToken({ name: "*", pattern: "*" });
export const Slash: TokenType = createToken({ name: "/", pattern: "/" });
export const Caret: TokenType = createToken({ name: "^", pattern: "^" });
export const Reference: TokenType = createToken({ name: "@", pattern: "@" });
export const Colon: TokenType = createToken({ name: ":", pattern: ":" });
export const Comma: TokenType = createToken({ name: ",", pattern: "," });
export const LeftParen: TokenType = createToken({ name: "(", pattern: "(" });
export const RightParen: TokenType = createToken({ name: ")", pattern: ")" });
export const LeftBracket: TokenType = createToken({ name: "[", pattern: "[" });
export const RightBracket: TokenType = createToken({ name: "]", pattern: "]" });
export const LeftBrace: TokenType = createToken({ name: "{", pattern: "{" });
export const RightBrace: TokenType = createToken({ name: "}", pattern: "}" });

/** `/// text` documents what follows; kept apart from the grammar and attached by position. */
export const DocComment: TokenType = createToken({
  name: "DocComment",
  pattern: /\/\/\/[^\r\n]*/,
  group: "docs",
  line_breaks: false,
});
const Comment: TokenType = createToken({
  name: "Comment",
  pattern: /\/\/[^\r\n]*/,
  group: "comments",
  line_breaks: false,
});
const WhiteSpace: TokenType = createToken({
  name: "WhiteSpace",
  pattern: /[ \t\r\n]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});

/** What begins a declaration. */
export const declarationWords: readonly TokenType[] = [Entity, Events, Snapshot, Table, Group, Vector];

/** All tokens, in the order in which the lexer tries them. */
export const allTokens: TokenType[] = [
  WhiteSpace,
  DocComment,
  Comment,
  ...declarationWords,
  Parquet,
  Csv,
  Columns,
  AtMoment,
  Known,
  Id,
  From,
  By,
  As,
  Owner,
  Description,
  Sla,
  Ttl,
  Hop,
  Key,
  Input,
  Label,
  Let,
  Next,
  Missing,
  And,
  Or,
  Not,
  In,
  Is,
  Over,
  Where,
  True,
  False,
  Now,
  QuotedName,
  Name,
  DurationLiteral,
  NumberLiteral,
  StringLiteral,
  OrElse,
  Question,
  Equal,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Less,
  Greater,
  Assign,
  Pipe,
  Plus,
  Minus,
  Star,
  Slash,
  Caret,
  Reference,
  Colon,
  Comma,
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  LeftBrace,
  RightBrace,
];
