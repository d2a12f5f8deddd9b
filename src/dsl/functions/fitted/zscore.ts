import { ExactSum } from "../../../core/index.ts";
import { type FittedFunction, overNumbers } from "../fitted-function.ts";
import { scaled } from "./scaled.ts";

/**
 * `zscore`: the distance from the mean in standard deviations (of the population, as scikit-learn's StandardScaler).
 * Two passes, each an exact sum, so that the order of the rows changes no bit. A constant is only centred: its mean is
 * the constant itself, whatever the rounding of a sum says. Squares are summed in units of the range, a power of two,
 * so that the sum's fixed point fits small and large values alike.
 */
export const zscore: FittedFunction = {
  name: "zscore",
  version: 1,
  doc: "`(x - mean) / sd` over the training rows; `sd` is the population's. Of a constant: `x - mean`.",
  examples: [{ rows: [2, 4, 4, 4, 5, 5, 7, 9], value: 9, result: 2 }],
  takes: { float: "float" },
  optional: () => true,
  fit: () => {
    const sum = new ExactSum();
    const squares = new ExactSum();
    let smallest = Infinity;
    let largest = -Infinity;
    let mean = 0;
    let unit = 1;
    return overNumbers({
      passes: 2,
      add: (x, pass) => {
        if (pass === 0) {
          sum.add(x);
          smallest = Math.min(smallest, x);
          largest = Math.max(largest, x);
        } else {
          const distance = (x - mean) / unit;
          squares.add(distance * distance);
        }
      },
      endPass: (pass) => {
        if (pass !== 0 || sum.count === 0) return;
        mean = smallest === largest ? smallest : Math.min(largest, Math.max(smallest, (sum.value() ?? 0) / sum.count));
        unit = largest > smallest ? 2 ** Math.floor(Math.log2(largest - smallest)) : 1;
      },
      parameters: () => {
        const total = squares.value();
        if (sum.count === 0 || sum.value() === null || total === null) return undefined;
        const deviation = Math.sqrt(total / sum.count) * unit;
        return { mean: mean + 0, sd: deviation === 0 ? 1 : deviation };
      },
    });
  },
  holds: { mean: "number", sd: "number" },
  ...scaled("mean", "sd"),
};
