import { type FittedFunction, numberOf, overNumbers } from "../fitted-function.ts";
import { constantText } from "../literal-js.ts";
import { quantiles } from "./quantiles.ts";

/** `clip(p1, p99)`: held between two percentiles of the training rows. */
export const clipPercentiles: FittedFunction = {
  name: "clip",
  version: 1,
  doc: "`x` held between two percentiles of the training rows, linear between neighbours: `clip(p1, p99)`. A percentile is `p0` to `p100`; one with decimals stands in backticks, as in ``clip(`p0.5`, `p99.5`)``. With two numbers `clip` is not fitted.",
  examples: [{ rows: [1, 2, 3, 4, 5], options: { low: 25, high: 75 }, value: 9, result: 4 }],
  options: [
    { name: "low", kind: "percentile" },
    { name: "high", kind: "percentile" },
  ],
  wrong: ({ low, high }) =>
    Number(low) < Number(high) ? undefined : `p${String(low)} does not lie below p${String(high)}`,
  takes: { float: "float" },
  optional: (argument) => argument,
  fit: ({ options, fits }) => {
    const ends = quantiles([Number(options["low"]) / 100, Number(options["high"]) / 100], fits);
    return overNumbers({
      ...ends,
      parameters: () => {
        const [low, high] = ends.values() ?? [];
        return low === undefined || high === undefined ? undefined : { low, high };
      },
    });
  },
  holds: { low: "number", high: "number" },
  apply: (parameters) => {
    const [low, high] = [numberOf(parameters, "low"), numberOf(parameters, "high")];
    return (x: number) => (x < low ? low : x > high ? high : x);
  },
  inline: (x, parameters) => {
    const [low, high] = [constantText(numberOf(parameters, "low")), constantText(numberOf(parameters, "high"))];
    return `(${x} < ${low} ? ${low} : ${x} > ${high} ? ${high} : ${x})`;
  },
};
