import type { Raw } from "../functions/index.ts";
import type { Operand, Steps } from "./steps.ts";

/** Where closures find values: the results of the steps by their places, then the constants. */
export interface Layout {
  readonly constants: readonly Raw[];
  /** For each step the places of what it is called with. */
  readonly given: readonly (readonly number[])[];
  readonly results: readonly number[];
}

export function layoutOf({ steps, results }: Pick<Steps, "steps" | "results">): Layout {
  const places = new Map<Raw, number>();
  const of = (constant: Raw): number => {
    const place = places.get(constant) ?? steps.length + places.size;
    places.set(constant, place);
    return place;
  };
  const placeOf = ({ step, constant = null }: Operand): number => step ?? of(constant);
  const given = steps.map((step) =>
    step.does === "read" ? [] : [...step.args.map(placeOf), ...(step.handles ? [of(step.none)] : [])],
  );
  return { given, results: results.map(placeOf), constants: [...places.keys()] };
}
