import { TondoError } from "../../core/index.ts";
import type { Lookup, ReadProgram } from "./read-program.ts";
import type { StoredAnswers } from "./stored-answers.ts";

/** Whether an error says that the store is away, and so nothing about what is asked for: other groups may be answered. */
export function isAway(error: unknown): error is TondoError {
  return error instanceof TondoError && error.code === "STORE_UNAVAILABLE";
}

/** Whether an error says that what was current when the view was opened has been removed since. */
export function isGone(error: unknown): boolean {
  return error instanceof TondoError && error.code === "GENERATION_GONE";
}

/** What is said of a group that had not answered when the deadline passed. */
export function notInTime(group: string, deadlineMs: number): TondoError {
  return new TondoError(
    "DEADLINE_EXCEEDED",
    `the online store had not answered for ${group} within ${String(deadlineMs)} ms`,
    { hint: "Ask again, or with a larger `deadlineMs`.", details: { group, deadlineMs } },
  );
}

/** Puts down as unavailable what a lookup would have found and did not; what it has found stays. */
export function giveUp({ reader, keys }: Lookup, answers: StoredAnswers, cause: TondoError): void {
  for (let row = 0; row < keys.length; row++) {
    const base = row * answers.stride;
    if (keys[row] === null) reader.fillMissing(answers, base);
    else if (!reader.hasAnswered(answers, base)) reader.fillUnavailable(answers, base, cause);
  }
}

/** Gives up all reads from a round on. What is wrong with the request itself is still thrown. */
export function giveUpRounds<R>(
  program: ReadProgram<R>,
  request: R,
  answers: StoredAnswers,
  from: number,
  causeOf: (group: string) => TondoError,
): void {
  const causes = new Map<string, TondoError>();
  for (let round = from; round < program.rounds; round++) {
    for (const lookup of program.lookups(round, request, answers)) {
      const { name } = lookup.reader;
      const cause = causes.get(name) ?? causeOf(name);
      causes.set(name, cause);
      giveUp(lookup, answers, cause);
    }
  }
}
