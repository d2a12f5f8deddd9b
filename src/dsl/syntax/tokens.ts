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

const reservedWords = new Set<string>();

/** A word that is never a bare name. */
function reserved(text: string): TokenType {
  reservedWords.add(text);
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
export const Test: TokenType = word("test");
export const Given: TokenType = word("given");
export const Expect: TokenType = word("expect");
export const Parquet: TokenType = word("parquet");
export const Csv: TokenType = word("csv");
export const Arrow: TokenType = word("arrow");
export const Kafka: TokenType = word("kafka");
export const Postgres: TokenType = word("postgres");
export const Cursor: TokenType = word("cursor");
export const Lookback: TokenType = word("lookback");
export const Columns: TokenType = word("columns");
export const AtMoment: TokenType = word("at");
export const Known: TokenType = word("known");
export const Lag: TokenType = word("lag");
export const Deleted: TokenType = word("deleted");
export const Pii: TokenType = word("pii");
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

/** A name as it is written: in backticks where it must be. */
export function writtenName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reservedWords.has(name) ? name : `\`${name}\``;
}

export const DurationLiteral: TokenType = createToken({
  name: "Duration",
  pattern: /\d+(?:us|ms|min|s|m|h|d|w)(?![A-Za-z0-9_])/,
  line_breaks: false,
});
export const NumberLiteral: TokenType = createToken({
  name: "Number",
  pattern: /\d+(?:_\d+)*(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z0-9_.])/,
  line_breaks: false,
});
/** Scanned by hand: a pattern would go over the rest of the line once for each quote that is not closed. */
export const StringLiteral: TokenType = createToken({
  name: "String",
  pattern: (text: string, offset: number) => {
    const end = endOfString(text, offset);
    return end > 0 ? [text.slice(offset, end)] : null;
  },
  start_chars_hint: ['"'],
  line_breaks: false,
});

/** Just behind the quote that closes a text; 0 where it is no text, and minus the end of the line where none closes it. */
function endOfString(text: string, offset: number): number {
  if (text.charCodeAt(offset) !== 0x22) return 0;
  for (let i = offset + 1; ; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i + 1;
    if (code === 0x0a || code === 0x0d || code !== code) return -i;
    const next = text.charCodeAt(i + 1);
    if (code === 0x5c && next !== 0x0a && next !== 0x0d) i++;
  }
}

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

/** What people write by mistake: read as what was meant, so that it is one error, with this message and hint. */
export interface Mistake {
  readonly token: TokenType;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

function mistaken(
  name: string,
  pattern: Exclude<TokenType["PATTERN"], undefined>,
  meant: TokenType,
  code: string,
  message: string,
  hint: string,
): Mistake {
  const token = createToken({ name, pattern, categories: [meant], line_breaks: false, start_chars_hint: starts(name) });
  return { token, code, message, hint };
}

function starts(name: string): string[] {
  return name.startsWith("Bad number") ? Array.from("0123456789") : [name.charAt(0)];
}

const operator = (text: string, meant: TokenType, hint: string): Mistake =>
  mistaken(text, text, meant, "bad-operator", `"${text}" means nothing here`, hint);

/** See {@link Mistake}. */
export const mistakes: readonly Mistake[] = [
  mistaken(
    '"',
    (text: string, offset: number) => {
      const end = endOfString(text, offset);
      return end < 0 ? [text.slice(offset, -end)] : null;
    },
    StringLiteral,
    "open-string",
    "this text does not end on its line",
    'close it with "',
  ),
  mistaken("'", /'[^'\r\n]*'?/, StringLiteral, "single-quotes", "texts stand in double quotes", 'write "..."'),
  mistaken("`", /`[^`\r\n]*/, Name, "open-name", "this name does not end on its line", "close it with `"),
  mistaken(
    "Bad number",
    /\d[A-Za-z0-9_.]*/,
    NumberLiteral,
    "bad-number",
    "this is neither a number nor a duration",
    "numbers are written 15, 1_000, 0.5 or 1e6, durations 90s, 5m, 1h, 7d or 2w, without a fraction",
  ),
  operator("&&", And, "write and"),
  operator("||", Or, "write or"),
  operator("===", Equal, "write =="),
  operator("!==", NotEqual, "write !="),
  operator("<>", NotEqual, "write !="),
  operator("**", Caret, "write ^"),
  operator("!", Not, "write not"),
  operator("%", Star, "write mod(a, b)"),
];

/** Characters that no word or sign begins with; together, so that a file full of them is read in one go. */
export const StrangeCharacters: TokenType = createToken({
  name: "StrangeCharacters",
  pattern: /[^\sA-Za-z0-9_"'`?=!<>|+\-*/^@:,()[\]{}&%]+/,
  start_chars_hint: Array.from({ length: 0x10000 }, (_, code) => code).filter(
    (code) => !/[\sA-Za-z0-9_"'`?=!<>|+\-*/^@:,()[\]{}&%]/.test(String.fromCharCode(code)),
  ),
  line_breaks: false,
});

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
export const declarationWords: readonly TokenType[] = [Entity, Events, Snapshot, Table, Group, Vector, Test];

/** All tokens, in the order in which the lexer tries them. */
export const allTokens: TokenType[] = [
  WhiteSpace,
  DocComment,
  Comment,
  ...declarationWords,
  Parquet,
  Csv,
  Arrow,
  Kafka,
  Postgres,
  Cursor,
  Lookback,
  Columns,
  AtMoment,
  Known,
  Lag,
  Deleted,
  Pii,
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
  Given,
  Expect,
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
  ...mistakes.filter(({ token }) => token.name !== "!").map(({ token }) => token),
  OrElse,
  Question,
  Equal,
  NotEqual,
  ...mistakes.filter(({ token }) => token.name === "!").map(({ token }) => token),
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
  StrangeCharacters,
];
