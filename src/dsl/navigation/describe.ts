import type { Named } from "./named.ts";

/** All there is to say of a name, in Markdown. */
export function describeNamed({ kind, name, type, doc, owner, written, definition }: Named): string {
  const head = `${kind} ${name}${type === undefined ? "" : `: ${type}`}`;
  const code =
    written === undefined ? head : kind.endsWith("function") || kind === "aggregate" ? written : `${head}\n${written}`;
  const about = [
    ...(owner === undefined ? [] : [`Owner: ${owner}`]),
    ...(definition === undefined ? [] : [`Defined in ${definition.file}, line ${String(definition.line)}`]),
  ].join("; ");
  return [fenced(code), doc, about].filter((part) => part !== undefined && part !== "").join("\n\n");
}

/** A block of code whose fence is longer than any in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}tondo\n${text}\n${fence}`;
}
