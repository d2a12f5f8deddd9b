import type { Parameters } from "../../plan/index.ts";
import { numberOf } from "../fitted-function.ts";
import { constantText } from "../literal-js.ts";
import { finite } from "../scalar-function.ts";

/** The functions that move and scale, `(x - centre) / scale`, by the names of their two parameters. */
export function scaled(
  centre: string,
  scale: string,
): {
  readonly apply: (parameters: Parameters) => (x: number) => number;
  readonly inline: (x: string, parameters: Parameters) => string;
  readonly settles: "finite";
} {
  return {
    apply: (parameters) => {
      const [from, by] = [numberOf(parameters, centre), numberOf(parameters, scale)];
      return (x) => finite((x - from) / by);
    },
    inline: (x, parameters) =>
      `(${x} - ${constantText(numberOf(parameters, centre))}) / ${constantText(numberOf(parameters, scale))}`,
    settles: "finite",
  };
}

/** What to divide by: 1 for a constant, which is so only centred; the largest double where the distance is none. */
export function scaleOf(distance: number): number {
  return distance > 0 ? Math.min(distance, Number.MAX_VALUE) : 1;
}
