import { edgesUpTo } from "../edges.ts";
import { type FittedFunction, overNumbers } from "../fitted-function.ts";
import { quantiles } from "./quantiles.ts";

/** `quantize(n)`: the number of the bin, of bins that hold about as many training rows each. */
export const quantize: FittedFunction = {
  name: "quantize",
  version: 1,
  doc: "The number of the bin, 0 to `n - 1`: how many of the training rows' quantiles `1/n`, ..., `(n-1)/n` lie at or below `x`. Equal quantiles count once, so that a value that many rows share makes fewer bins.",
  examples: [
    { rows: [1, 2, 3, 4, 5], options: { n: 4 }, value: 3, result: 2 },
    { rows: [0, 0, 0, 0, 9], options: { n: 4 }, value: 9, result: 1 },
  ],
  options: [{ name: "n", kind: "count", least: 2, most: 1000 }],
  takes: { float: "int" },
  optional: (argument) => argument,
  fit: ({ options, fits }) => {
    const n = Number(options["n"]);
    const edges = quantiles(
      Array.from({ length: n - 1 }, (_, i) => (i + 1) / n),
      fits,
    );
    return overNumbers({
      ...edges,
      parameters: () => {
        const values = edges.values();
        return values === undefined ? undefined : { edges: [...new Set(values)] };
      },
    });
  },
  holds: { edges: "numbers" },
  apply: ({ edges }) => {
    const sorted = Float64Array.from(edges as readonly number[]);
    return (x: number) => (x === x ? edgesUpTo(sorted, x) : x);
  },
};
