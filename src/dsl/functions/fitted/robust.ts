import { type FittedFunction, overNumbers } from "../fitted-function.ts";
import { quantiles } from "./quantiles.ts";
import { scaled, scaleOf } from "./scaled.ts";

/** `robust`: the distance from the median in interquartile ranges, as scikit-learn's RobustScaler. */
export const robust: FittedFunction = {
  name: "robust",
  version: 1,
  doc: "`(x - median) / (q75 - q25)` over the training rows, quartiles linear between neighbours; a few wild values do not move it. Where both quartiles are one: `x - median`.",
  examples: [{ rows: [1, 2, 3, 4, 1000], value: 5, result: 1 }],
  takes: { float: "float" },
  optional: () => true,
  fit: ({ fits }) => {
    const quarters = quantiles([0.25, 0.5, 0.75], fits);
    return overNumbers({
      ...quarters,
      parameters: () => {
        const [low = 0, median, high = 0] = quarters.values() ?? [];
        return median === undefined ? undefined : { median, iqr: scaleOf(high - low) };
      },
    });
  },
  holds: { median: "number", iqr: "number" },
  ...scaled("median", "iqr"),
};
