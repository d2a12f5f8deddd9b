import { trainingBatches } from "../../src/arrow.ts";
import type { TrainingSet } from "../../src/index.ts";
import type { Answer } from "./answers.ts";

/** How many answers agree with a training set over the same requests, in all that was served. */
export interface Agreement {
  readonly compared: number;
  readonly agree: number;
  /** The first few values that differ, if any. */
  readonly differences: readonly string[];
}

/** Holds each served value against the training set's of the same request, by `Object.is`. */
export async function compareAnswers(set: TrainingSet, answers: readonly Answer[]): Promise<Agreement> {
  const columns = Object.keys(answers[0]?.values ?? {});
  const differences: string[] = [];
  let row = 0;
  let agree = 0;
  for await (const batch of trainingBatches({ set, columns }))
    for (let i = 0; i < batch.numRows; i++) {
      const answer = answers[row++];
      if (answer === undefined) throw new RangeError("the training set has more rows than were asked about");
      const wrong = columns.filter((column) => {
        const found: unknown = batch.getChild(column)?.get(i);
        // Arrow's whole numbers have 64 bits.
        return !Object.is(typeof found === "bigint" ? Number(found) : found, answer.values[column]);
      });
      if (wrong.length === 0) agree++;
      for (const column of wrong) {
        const served = String(answer.values[column]);
        const trained = String(batch.getChild(column)?.get(i));
        differences.push(`${column} of ${answer.store} at ${answer.at}: served ${served}, trained ${trained}`);
      }
    }
  return { compared: answers.length, agree: row === answers.length ? agree : 0, differences: differences.slice(0, 5) };
}
