import { type FittedFunction, storedOf } from "../fitted-function.ts";
import { DistinctCounter } from "./distinct-counter.ts";
import { filled, fillInline } from "./fill-value.ts";

/** `fill(mode)`: the most frequent value of the training rows where the value is missing. */
export const fillMode: FittedFunction = {
  name: "fill",
  version: 1,
  word: "mode",
  doc: "Where the value is missing, the most frequent one of the training rows; of equally frequent ones the smallest, of texts the first by code point.",
  examples: [
    { rows: [3, 1, 3, 1, null, null, null], value: null, result: 1 },
    { rows: ["b", "b", "a"], value: null, result: "b" },
  ],
  takes: { float: "float", int: "int", string: "string", bool: "bool" },
  optional: () => false,
  fit: ({ maxDistinct }) => {
    const counter = new DistinctCounter(maxDistinct);
    return {
      passes: 1,
      add: (x) => {
        counter.add(x);
      },
      endPass: () => undefined,
      parameters: () => {
        const [value] = counter.top(1);
        return value === undefined ? undefined : { value: storedOf(value) };
      },
    };
  },
  holds: { value: "value" },
  apply: filled,
  inline: fillInline,
};
