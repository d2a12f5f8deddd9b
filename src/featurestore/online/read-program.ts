import type { GroupReader } from "./group-reader.ts";
import type { BlankRow, StoredAnswers } from "./stored-answers.ts";

/**
 * A group that is read, and the keys asked for, one a row: `null` where a part of it is missing, `"too long"` where it was computed and
 * is longer than any that a store keeps, so that it has no record.
 */
export interface Lookup {
  readonly reader: GroupReader;
  readonly keys: readonly (Uint8Array | null | "too long")[];
}

/** What is to be read for a request of some form, in one view of a store, as of one moment. */
export interface ReadProgram<R> {
  /** All the groups, of all rounds. */
  readonly groups: readonly string[];
  /** A row of answers of which nothing is known yet. */
  readonly blank: BlankRow;
  /** How many rounds there are, one after the other: the keys of one may depend on what those before it found. */
  readonly rounds: number;
  /**
   * What a round reads: each place of a row once, in all rounds together.
   * @throws TondoError `KEY_INVALID`, `INPUT_INVALID`
   */
  lookups(round: number, request: R, answers: StoredAnswers): readonly Lookup[];
}

/** How a call is answered. */
export interface AskedRead {
  /** How long a store that answers later is waited for, milliseconds. */
  readonly deadlineMs: number;
  /** Whether what a store cannot be asked for is left unavailable and the rest is answered; else the call fails. */
  readonly partial: boolean;
}
