import { ExactSum } from "../../../core/index.ts";
import { type FittedFunction, overNumbers } from "../fitted-function.ts";
import { filled, fillInline } from "./fill-value.ts";

/** `fill(mean)`: the mean of the training rows where the value is missing. */
export const fillMean: FittedFunction = {
  name: "fill",
  version: 1,
  word: "mean",
  doc: "Where the value is missing, the mean over the training rows that have one.",
  examples: [{ rows: [1, null, 2, 6], value: null, result: 3 }],
  takes: { float: "float" },
  optional: () => false,
  fit: () => {
    const sum = new ExactSum();
    return overNumbers({
      passes: 1,
      add: (x) => {
        sum.add(x);
      },
      parameters: () => {
        const total = sum.value();
        return sum.count === 0 || total === null ? undefined : { value: total / sum.count + 0 };
      },
    });
  },
  holds: { value: "value" },
  apply: filled,
  inline: fillInline,
};
