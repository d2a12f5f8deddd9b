import { type IToken, tokenMatcher } from "chevrotain";
import { didYouMean } from "./nearest.ts";
import * as t from "./tokens.ts";

/** Words that may go on where a rule of the grammar found another one. */
const words: ReadonlyMap<string | undefined, readonly string[]> = new Map([
  ["entity", ["owner", "description", "pii"]],
  ["source", "parquet csv kafka known lag columns at id deleted pii owner description".split(" ")],
  ["group", ["owner", "description", "sla", "ttl", "hop"]],
  ["vector", ["key", "input", "pii", "let", "label", "known", "owner", "description"]],
  ["test", ["given", "expect"]],
]);

/** What the grammar looked for where it found something else. */
export interface Expected {
  /** The rule it was in. */
  readonly rule: string | undefined;
  /** The one word or sign that would have fitted. */
  readonly only: string | undefined;
}

/** What is missing before a word, or the word of the language that it is near to, of those that could stand there. */
export function wordHint(found: IToken, before: IToken, { rule, only }: Expected): string | undefined {
  if (!tokenMatcher(found, t.Name)) return undefined;
  if (rule === "typedName" && only === ":") return `a type stands behind a colon: ${before.image}: ${found.image}`;
  if (rule === "group" && only === ":") return `a group is of an entity: group entity:${before.image}`;
  const fitting = only !== undefined && /^[a-z]+$/.test(only) ? [only] : (words.get(rule) ?? []);
  return didYouMean(found.image, fitting);
}
