/** A bug to plant, and the tests that must notice it. */
export interface Mutant {
  /** Short and unique, in kebab-case: what the bug does, such as `known-ignored`. */
  readonly name: string;
  /** The file to change, from the repository's root. */
  readonly file: string;
  /** A text that stands exactly once in the file. */
  readonly find: string;
  /** What stands there instead. */
  readonly replace: string;
  /** Test files, from the root; one failing test among them is enough. */
  readonly tests: readonly string[];
  /** Only the tests whose full name matches this pattern. */
  readonly testName?: string;
  /** How long its tests may take; 120 s where it says nothing. A run that exceeds it counts as noticed. */
  readonly timeoutSeconds?: number;
}

/** How a planted bug fared. Only `caught` and `timed out` are good. */
export type Outcome = "caught" | "timed out" | "survived" | "invalid";

/** One line of the result. */
export interface MutantResult {
  readonly name: string;
  readonly outcome: Outcome;
  /** The test that noticed, or why the mutant is invalid. */
  readonly detail: string;
  readonly seconds: number;
}

/**
 * The file's text with the bug in it.
 *
 * @throws Error where the text to find does not stand there exactly once, or the replacement changes nothing
 */
export function plant(mutant: Mutant, text: string): string {
  const parts = text.split(mutant.find);
  if (mutant.find === "" || parts.length !== 2) {
    const times = mutant.find === "" ? "nowhere, being empty," : `${String(parts.length - 1)} times`;
    throw new Error(`the text to find stands ${times} in ${mutant.file}, not once`);
  }
  if (mutant.find === mutant.replace) throw new Error("the replacement changes nothing");
  return parts.join(mutant.replace);
}
