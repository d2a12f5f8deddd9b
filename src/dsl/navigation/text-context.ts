import { lexText, type Word } from "../syntax/index.ts";

/** Where a cursor stands in a text that need not be whole. */
export interface TextContext {
  /** All words and signs of the declaration around it; empty above the first. */
  readonly declaration: readonly Word[];
  /** Those before what is being written. */
  readonly before: readonly Word[];
  /** Those of the clause around it before what is being written: of `prep = mean(x) ...`, say. */
  readonly clause: readonly Word[];
  /** Indices into `before` of the brackets that are open. */
  readonly open: readonly number[];
  /** The word or text being written. */
  readonly part: { readonly start: number; readonly end: number; readonly text: boolean };
  /** Whether a declaration may begin here. */
  readonly top: boolean;
}

const opening: ReadonlySet<string> = new Set(["(", "[", "{"]);
const closing: ReadonlySet<string> = new Set([")", "]", "}"]);

/** What stands around a place; nothing in comments, numbers, and texts beyond the parser's limits. */
export function contextAt(text: string, offset: number): TextContext | undefined {
  const { declarations, comments } = lexText(text);
  if (comments.some(({ start, end }) => start < offset && offset <= end)) return undefined;
  const declaration = declarations.findLast(([first]) => first !== undefined && first.start < offset) ?? [];
  const written = declaration.findIndex(({ start, end }) => start < offset && offset <= end);
  const word = declaration[written];
  if (word?.kind === "number") return undefined;
  const inside = word !== undefined && word.kind !== "sign";
  // Behind a text that is closed nothing of it is being written.
  if (inside && word.kind === "string" && isClosed(word) && offset === word.end) return undefined;
  const before = declaration.filter(({ end, start }) => (inside ? end <= word.start : start < offset));
  const part = inside ? { start: word.start, end: word.end, text: word.kind === "string" } : emptyPart(offset);
  const open = openBrackets(before);
  const line = text.slice(0, part.start).split(/\r\n|\r|\n/).length;
  const begins = before.at(-1)?.line !== line;
  const last = before.at(-1)?.image;
  const top = before.length === 0 || (begins && open.length === 0 && (last === "}" || last === ")"));
  return { declaration, before, clause: clauseOf(before, begins), open, part, top };
}

/** Whether a text has its second quote. */
export function isClosed({ image }: Word): boolean {
  return image.length > 1 && image.endsWith('"');
}

/** The clauses of a declaration's body: what begins on a line of its own, up to the next. */
export function clausesOf(declaration: readonly Word[]): readonly (readonly Word[])[] {
  const clauses: Word[][] = [];
  let depth = 0;
  for (const [i, word] of declaration.entries()) {
    if (closing.has(word.image)) depth--;
    if (depth === 1 && word.kind === "word" && startsClause(word, declaration[i - 1])) clauses.push([]);
    if (depth >= 1) clauses.at(-1)?.push(word);
    if (opening.has(word.image) && (depth > 0 || word.image === "{")) depth++;
  }
  return clauses;
}

function emptyPart(offset: number): TextContext["part"] {
  return { start: offset, end: offset, text: false };
}

/** A line that begins with a word goes on with the one above only where that ends in an operator. */
function startsClause(word: Word, previous: Word | undefined): boolean {
  if (previous === undefined || previous.line === word.line) return previous?.image === "{";
  return ends(previous);
}

function ends({ kind, image }: Word): boolean {
  return kind !== "sign" || closing.has(image) || image === "{" || image === "?" || image === ">";
}

function openBrackets(words: readonly Word[]): readonly number[] {
  const open: number[] = [];
  for (const [i, { image }] of words.entries()) {
    if (opening.has(image)) open.push(i);
    else if (closing.has(image)) open.pop();
  }
  return open;
}

function clauseOf(before: readonly Word[], begins: boolean): readonly Word[] {
  const open = openBrackets(before);
  const last = before.at(-1);
  if (last === undefined || before[open[0] ?? -1]?.image !== "{") return [];
  if (begins && open.length === 1 && ends(last)) return [];
  return open[0] === before.length - 1 ? [] : (clausesOf(before).at(-1) ?? []);
}
