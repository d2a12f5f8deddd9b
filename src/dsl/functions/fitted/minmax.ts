import { type FittedFunction, overNumbers } from "../fitted-function.ts";
import { scaled, scaleOf } from "./scaled.ts";

/** `minmax`: the training rows' range as 0 to 1, as scikit-learn's MinMaxScaler. */
export const minmax: FittedFunction = {
  name: "minmax",
  version: 1,
  doc: "`(x - min) / (max - min)` over the training rows. Other rows may lie outside of 0 to 1: hold them with `clip(0, 1)`. Of a constant: `x - min`, so 0 on the training rows.",
  examples: [
    { rows: [10, 30, null, 20], value: 15, result: 0.25 },
    { rows: [10, 30], value: 40, result: 1.5 },
  ],
  takes: { float: "float" },
  optional: () => true,
  fit: () => {
    let min = Infinity;
    let max = -Infinity;
    return overNumbers({
      passes: 1,
      add: (x) => {
        if (x < min) min = x;
        if (x > max) max = x;
      },
      parameters: () => (min <= max ? { min: min + 0, range: scaleOf(max - min) } : undefined),
    });
  },
  holds: { min: "number", range: "number" },
  ...scaled("min", "range"),
};
