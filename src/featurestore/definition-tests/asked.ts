import type { Micros, Value } from "../../core/index.ts";
import type { ExpressionPlan, Output, TestPlan } from "../../dsl/index.ts";

/** What a test asks of each path: expressions, at moments. */
export interface Asked {
  readonly test: TestPlan;
  /** Each once, in their order in time. */
  readonly moments: readonly Micros[];
  /** The features, then each expectation's condition and sides. */
  readonly outputs: readonly AskedOutput[];
  /** By expectation. */
  readonly places: readonly AskedPlaces[];
}

/** An expression; one that looks forward is asked of no store. */
export interface AskedOutput extends Output {
  readonly forward: boolean;
}

/** Where an expectation finds its moment and its expressions. */
export interface AskedPlaces {
  readonly moment: number;
  readonly condition: number;
  readonly sides: readonly number[];
  readonly features: readonly number[];
}

/** What one path answers: by moment, by output. `undefined` where it is not asked. */
export interface PathAnswers {
  readonly path: string;
  readonly values: readonly (readonly (Value | undefined)[])[];
}

/** What a test asks. */
export function askedOf(test: TestPlan): Asked {
  const moments = [...new Set(test.expectations.map(({ at }) => at))].sort((a, b) => a - b);
  const outputs: AskedOutput[] = [];
  const add = (value: ExpressionPlan, forward: boolean): number =>
    outputs.push({ name: `o${String(outputs.length)}`, value, forward }) - 1;
  for (const { value, forward } of test.features) add(value, forward);
  const places = test.expectations.map(({ at, condition, sides, features }): AskedPlaces => {
    const forward = features.some((place) => test.features[place]?.forward === true);
    return {
      moment: moments.indexOf(at),
      condition: add(condition, forward),
      sides: sides.map((side) => add(side, forward)),
      features,
    };
  });
  return { test, moments, outputs, places };
}
