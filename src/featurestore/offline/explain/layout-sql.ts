/** A line holds so many characters before what is in brackets goes onto lines of its own. */
const width = 110;
const step = "  ";

/** A bracketed part of SQL, or one of its words, signs and texts. */
type Part = string | readonly Part[];

/**
 * SQL over several lines, as a person would lay it out: clauses begin lines, sub-queries stand indented, long lists one to a line. Only
 * white space changes.
 */
export function layoutSql(sql: string): string {
  const { parts } = partsOf(tokensOf(sql), 0);
  return query(parts, "").trimStart();
}

/** Words, numbers, quoted names and texts, and signs, with whether white space stood before each. */
function tokensOf(sql: string): readonly string[] {
  return [...sql.matchAll(/\s*('(?:[^']|'')*'|"(?:[^"]|"")*"|::|:=|->>|<=|>=|<>|<<|>>|\/\/|[\w.]+|[^\s])/g)].map(
    ([whole, token = ""]) => (/^\s/.test(whole) ? ` ${token}` : token),
  );
}

function partsOf(tokens: readonly string[], from: number): { readonly parts: readonly Part[]; readonly next: number } {
  const parts: Part[] = [];
  let i = from;
  for (; i < tokens.length; i++) {
    const token = tokens[i] ?? "";
    const sign = token.trim();
    if (sign === ")" || sign === "]") break;
    parts.push(token);
    if (sign !== "(" && sign !== "[") continue;
    const inner = partsOf(tokens, i + 1);
    parts.push(inner.parts, tokens[inner.next] ?? "");
    i = inner.next;
  }
  return { parts, next: i };
}

function flat(parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === "string" ? part : flat(part).trimStart())).join("");
}

function isQuery(parts: readonly Part[]): boolean {
  const [first] = parts;
  return typeof first === "string" && /^\s*(select|with)$/i.test(first);
}

/** Words that begin a line of a query. */
const clauses: ReadonlySet<string> = new Set([
  "select",
  "from",
  "where",
  "group",
  "order",
  "union",
  "join",
  "left",
  "asof",
  "semi",
  "anti",
  "with",
  "on",
]);

function query(parts: readonly Part[], indent: string): string {
  const lines: Part[][] = [];
  for (const [i, part] of parts.entries()) {
    const word = typeof part === "string" ? part.trim().toLowerCase() : "";
    const before = typeof parts[i - 1] === "string" ? (parts[i - 1] as string).trim().toLowerCase() : "";
    const continues =
      (word === "join" && ["left", "asof", "inner", "semi", "anti"].includes(before)) ||
      (word === "left" && before === "asof") ||
      // A function: left(text, 3).
      (word === "left" && String(parts[i + 1]) === "(");
    if (lines.length === 0 || (clauses.has(word) && !continues)) lines.push([]);
    lines.at(-1)?.push(part);
  }
  return lines.map((line) => `\n${indent}${clause(line, indent)}`).join("");
}

/** A clause on one line where it fits, else its list one to a line. */
function clause(parts: readonly Part[], indent: string): string {
  const whole = flat(parts).trim();
  return indent.length + whole.length <= width && !holdsQuery(parts) ? whole : list(parts, indent, `${indent}${step}`);
}

/** The parts between commas, one to a line. */
function list(parts: readonly Part[], indent: string, rest: string): string {
  const items: Part[][] = [[]];
  for (const part of parts) {
    items.at(-1)?.push(part);
    if (typeof part === "string" && part.trim() === ",") items.push([]);
  }
  const own = items.length === 1 ? indent : rest;
  return items.map((item) => long(item, own).trim()).join(`\n${rest}`);
}

function holdsQuery(parts: readonly Part[]): boolean {
  return parts.some((part) => typeof part !== "string" && ((isQuery(part) && !isShort(part)) || holdsQuery(part)));
}

/** Brackets that hold a query, or are too long, are opened; so are the cases of what is too long. */
function long(parts: readonly Part[], indent: string): string {
  const isLong = flat(parts).trim().length > width - indent.length;
  let own = indent;
  return parts
    .map((part) => {
      if (typeof part === "string") {
        if (!isLong || !/^ (when|else)$/.test(part)) return part;
        own = `${indent}${step}`;
        return `\n${own}${part.trim()}`;
      }
      const deeper = `${own}${step}`;
      if (isShort(part)) return flat(part).trimStart();
      if (isQuery(part)) return `${query(part, deeper)}\n${own}`;
      if (flat(part).length <= width - deeper.length && !holdsQuery(part)) return flat(part).trimStart();
      return `\n${deeper}${list(part, deeper, deeper)}\n${own}`;
    })
    .join("");
}

/** The longest query that stays on its line. */
const short = 60;

function isShort(parts: readonly Part[]): boolean {
  return isQuery(parts) && !holdsQuery(parts) && flat(parts).trim().length <= short;
}
