import { type FittedFunction, overNumbers } from "../fitted-function.ts";
import { filled, fillInline } from "./fill-value.ts";
import { quantiles } from "./quantiles.ts";

/** `fill(median)`: the median of the training rows where the value is missing. */
export const fillMedian: FittedFunction = {
  name: "fill",
  version: 1,
  word: "median",
  doc: "Where the value is missing, the median over the training rows that have one; of an even number of rows the mean of the two in the middle.",
  examples: [
    { rows: [1, null, 2, 9], value: null, result: 2 },
    { rows: [1, 2, 3, 9], value: null, result: 2.5 },
  ],
  takes: { float: "float" },
  optional: () => false,
  fit: ({ fits }) => {
    const half = quantiles([0.5], fits);
    return overNumbers({
      ...half,
      parameters: () => {
        const [value] = half.values() ?? [];
        return value === undefined ? undefined : { value };
      },
    });
  },
  holds: { value: "value" },
  apply: filled,
  inline: fillInline,
};
