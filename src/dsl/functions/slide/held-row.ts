import type { AggregateCode, StateArrays } from "../aggregate.ts";
import type { Raw } from "../scalar-function.ts";

/** A row that a slide keeps as it came: see `Slide.enter`. */
export interface HeldRow {
  readonly input: Raw;
  readonly t: number;
  readonly leave: number;
}

/** Room for one state. */
export function stateOf({ shape }: AggregateCode): StateArrays {
  return { numbers: new Float64Array(shape.numbers), values: new Array<unknown>(shape.values).fill(null) };
}
