import type { TypeName, ValueKind } from "../../core/index.ts";
import type { AggregateExample } from "./aggregate-example.ts";

/** One way to call an aggregate that is made of others. */
export interface ComposedForm {
  /** For messages. */
  readonly written: string;
  /** The kinds that each input may have. */
  readonly takes: readonly (readonly ValueKind[])[];
  /** One stored window for each input: its aggregate, and the kind that the input is brought to. */
  readonly parts: readonly { readonly aggregate: string; readonly kind: ValueKind }[];
  /** A function of the library over the windows; absent where there is one window, which is the result. */
  readonly combine?: { readonly function: string; readonly type: TypeName };
}

/** An aggregate without a state of its own. */
export interface ComposedAggregate {
  readonly name: string;
  readonly doc: string;
  readonly examples: readonly AggregateExample[];
  readonly forms: readonly ComposedForm[];
}

const numbers: readonly ValueKind[] = ["int", "float"];

/** Shares and ratios of totals. */
const ratio: ComposedAggregate = {
  name: "ratio",
  doc: "`ratio(condition)`: the share of rows with a truth value for which it is true. `ratio(a, b)`: the total of `a` divided by that of `b`, as floats.",
  examples: [
    { text: "ratio(x)", rows: { x: [true, false, null, false, false] }, type: "bool", result: 0.25 },
    { text: "ratio(a, b)", rows: { a: [1, 2, null], b: [4, null, 8] }, result: 0.25 },
    { text: "ratio(a, b)", rows: { a: [1], b: [0] }, result: null },
  ],
  forms: [
    { written: "ratio(condition)", takes: [["bool"]], parts: [{ aggregate: "mean", kind: "bool" }] },
    {
      written: "ratio(a, b)",
      takes: [numbers, numbers],
      parts: [
        { aggregate: "sum", kind: "float" },
        { aggregate: "sum", kind: "float" },
      ],
      combine: { function: "divide", type: "float?" },
    },
  ],
};

/** The aggregates that are made of others, by name. */
export const composedAggregates: ReadonlyMap<string, ComposedAggregate> = new Map([[ratio.name, ratio]]);
