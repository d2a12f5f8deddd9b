import { ExactSum } from "../../../core/index.ts";
import type { FittedFunction } from "../fitted-function.ts";

/** `fill(mean)`: the mean of the training rows where the value is missing. */
export const fillMean: FittedFunction = {
  name: "fill",
  version: 1,
  word: "mean",
  doc: "Where the value is missing, the mean over the training rows that have one.",
  optional: () => false,
  fit: () => {
    const sum = new ExactSum();
    return {
      passes: 1,
      add: (x) => {
        if (x === x) sum.add(x);
      },
      endPass: () => undefined,
      parameters: () => {
        const total = sum.value();
        return sum.count === 0 || total === null ? undefined : { value: total / sum.count + 0 };
      },
    };
  },
  apply:
    ({ value = 0 }) =>
    (x) =>
      x === x ? x : value,
};
