import * as fc from "fast-check";
import { callsByWay, idOf, rows, ways } from "../random-expressions.ts";
import { answersOf, firstDifference } from "./answers.ts";
import { explainDifference } from "./explain-difference.ts";

/** What was compared. */
export interface Conformance {
  readonly seed: number;
  readonly expressions: number;
  /** Expressions times rows. */
  readonly results: number;
  /** How many of the results are not missing. */
  readonly present: number;
  /** How many results that are not missing each way to call a function gave, the fewest first. */
  readonly covered: readonly (readonly [way: string, present: number])[];
}

const rowsAtOnce = 8;
/** New rows come with each round: one expression for each way. */
const perRound = callsByWay.length;

/**
 * Compares random expressions of every function over random rows: generated code, closures and the naive evaluator must agree
 * to the bit.
 *
 * @throws Error with seed, shrunk expression, row and all answers at the first difference
 */
export function conform(seed: number, expressions: number): Conformance {
  const covered = new Map(ways.map(({ id }) => [id, 0]));
  let results = 0;
  let present = 0;
  let left = expressions;
  for (let round = 0; left > 0; round++) {
    const parameters = { seed: (seed + round * 7919) | 0, numRuns: 1 };
    const data = fc.sample(rows, { ...parameters, numRuns: rowsAtOnce });
    const [plans = []] = fc.sample(fc.tuple(...callsByWay.slice(0, Math.min(left, perRound))), parameters);
    left -= plans.length;
    for (const plan of plans) {
      const answers = answersOf(plan, data);
      const different = firstDifference(answers);
      if (different !== undefined) throw new Error(explainDifference(seed, plan, data[different] ?? {}));
      const there = (answers["naive"] ?? []).filter((value) => value !== null).length;
      results += data.length;
      present += there;
      if (plan.node === "call") covered.set(idOf(plan), (covered.get(idOf(plan)) ?? 0) + there);
    }
  }
  return { seed, expressions, results, present, covered: [...covered].sort(([, a], [, b]) => a - b) };
}
