import { isNumeric } from "../../core/index.ts";
import type { Operand, Step } from "./steps.ts";

/**
 * For each step whether its result is a number, NaN or not, and never a bigint, a text or `null`. Functions make a
 * bigint only of a bigint, or of a list that may hold one; steps that are `wide` of anything.
 *
 * @param leaves whether ints that are read are never bigints
 */
export function exactNumbers(steps: readonly Step[], leaves: boolean): readonly boolean[] {
  const numbers: boolean[] = [];
  for (const step of steps) {
    if (!isNumeric(step.kind)) numbers.push(false);
    else if (step.kind !== "int") numbers.push(true);
    else if (step.does === "read") numbers.push(leaves);
    else
      numbers.push(
        step.overload.small === true ||
          (step.wide !== true && step.args.every((arg) => !holdsInts(arg) || isExact(arg, numbers))),
      );
  }
  return numbers;
}

function holdsInts({ kind }: Operand): boolean {
  return kind === "int" || kind === "list<int>";
}

/** The same of what a step takes. */
export function isExact({ step, constant }: Operand, numbers: readonly boolean[]): boolean {
  return step === undefined ? typeof constant === "number" : numbers[step] === true;
}
