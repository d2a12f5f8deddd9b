import { ExactSum } from "../../../core/index.ts";
import type { FittedFunction } from "../fitted-function.ts";
import { finite } from "../scalar-function.ts";

/**
 * `zscore`: the distance from the mean in standard deviations (of the population, as scikit-learn's StandardScaler).
 * Two passes, each an exact sum, so that the order of the rows changes no bit. A constant is only centred.
 */
export const zscore: FittedFunction = {
  name: "zscore",
  version: 1,
  doc: "`(x - mean) / sd` over the training rows; `sd` is the population's. Of a constant: `x - mean`.",
  optional: () => true,
  fit: () => {
    const sum = new ExactSum();
    const squares = new ExactSum();
    let mean = 0;
    return {
      passes: 2,
      add: (x, pass) => {
        if (x !== x) return;
        if (pass === 0) sum.add(x);
        else squares.add((x - mean) * (x - mean));
      },
      endPass: (pass) => {
        if (pass === 0 && sum.count > 0) mean = (sum.value() ?? 0) / sum.count;
      },
      parameters: () => {
        const total = squares.value();
        if (sum.count === 0 || sum.value() === null || total === null) return undefined;
        const deviation = Math.sqrt(total / sum.count);
        return { mean: mean + 0, sd: deviation === 0 ? 1 : deviation };
      },
    };
  },
  apply:
    ({ mean = 0, sd = 1 }) =>
    (x) =>
      finite((x - mean) / sd),
};
