import { TondoError } from "../core/index.ts";
import type { TrainerParameters } from "./trainer.ts";

/** A number that a built-in trainer can be given. */
interface NumberParameter {
  readonly default: number;
  readonly least: number;
  readonly greatest: number;
}

/**
 * Reads a built-in trainer's parameters, all of them numbers.
 * @throws TondoError `INVALID_ARGUMENT` for an unknown name, or a value outside its bounds.
 */
export function readParameters<Name extends string>(
  trainer: string,
  expected: Readonly<Record<Name, NumberParameter>>,
  given: TrainerParameters,
): Readonly<Record<Name, number>> {
  const names = Object.keys(expected) as Name[];
  for (const name of Object.keys(given)) {
    if (!(names as string[]).includes(name)) {
      throw new TondoError("INVALID_ARGUMENT", `the trainer ${trainer} has no parameter "${name}"`, {
        hint: `Its parameters are ${names.join(", ")}.`,
      });
    }
  }
  const read = names.map((name): [Name, number] => {
    const { default: otherwise, least, greatest } = expected[name];
    const value = given[name] ?? otherwise;
    if (typeof value === "number" && value >= least && value <= greatest) return [name, value];
    throw new TondoError("INVALID_ARGUMENT", `${trainer}: ${name} = ${JSON.stringify(value)} is out of bounds`, {
      hint: `Give a number from ${String(least)} to ${String(greatest)}; the default is ${String(otherwise)}.`,
    });
  });
  return Object.fromEntries(read) as Record<Name, number>;
}

/** The ridge of both regressions; see there for what it multiplies. */
export const ridgeParameter: NumberParameter = { default: 1, least: 0, greatest: Number.MAX_VALUE };
