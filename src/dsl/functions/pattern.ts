import { RE2JS, RE2JSSyntaxException } from "re2js";

/** The matcher that patterns run in, as fingerprints name it: its tables of letters are of its own release. */
export const patternTables = "re2js 2.10.0";

/** How long a pattern may be, and how many instructions it may come to: a text takes time by its length times these. */
export const patternLimits = { length: 1_000, instructions: 1_000 } as const;

/** Tells whether a text holds a match somewhere, in time linear in its length. */
export type Pattern = (text: string) => boolean;

/** A pattern in RE2's syntax, or what is wrong with it. */
export function readPattern(source: string): Pattern | { readonly wrong: string } {
  if (source.length > patternLimits.length)
    return { wrong: `is longer than ${String(patternLimits.length)} characters` };
  try {
    const compiled = RE2JS.compile(source);
    if (compiled.programSize() > patternLimits.instructions) return { wrong: "repeats too much" };
    return (text) => compiled.test(text);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return { wrong: reasonOf(error) };
    throw error;
  }
}

/** Where a pattern cannot be read, and why. */
function reasonOf(error: RE2JSSyntaxException): string {
  const place = error.getPattern();
  return `cannot be read${place === null ? "" : ` at ${place.slice(0, 80)}`}: ${error.getDescription()}`;
}
