import type { ExpressionPlan } from "../plan/index.ts";
import { emit } from "./emit.ts";
import { loopLeaf, loopLines } from "./generate.ts";
import { type Leaf, stepsOf } from "./steps.ts";

/** A line of generated JavaScript and what it is about: nothing where it only holds the others together. */
export interface RowLine {
  readonly text: string;
  readonly leaf?: Leaf;
  readonly expression?: ExpressionPlan;
  /** The index of the output that is written. */
  readonly output?: number;
}

/**
 * The loop that computes some expressions, as `compileRows` generates it, line by line; for showing, so that functions need
 * not have been fitted, nor those of the project's own be registered: they are called where their parameters would stand.
 */
export function rowLines(expressions: readonly ExpressionPlan[]): readonly RowLine[] {
  const steps = stepsOf(expressions, "unfitted", "shown");
  const emitted = emit(steps, { text: loopLeaf, exact: false });
  return loopLines(steps, emitted).map(({ text, leaf, step, result }) => {
    const read = leaf === undefined ? undefined : steps.leaves[leaf];
    const expression = step === undefined ? undefined : steps.expressions[step];
    return {
      text,
      ...(read === undefined ? {} : { leaf: read }),
      ...(expression === undefined ? {} : { expression }),
      ...(result === undefined ? {} : { output: result }),
    };
  });
}
