import { arithmeticFunctions } from "./arithmetic.ts";
import { comparisonFunctions } from "./comparison.ts";
import { hashFunctions } from "./hash.ts";
import { listFunctions } from "./lists.ts";
import type { NaiveFunction } from "./naive-function.ts";
import { numberFunctions } from "./numbers.ts";
import { placeFunctions } from "./places.ts";
import { textFunctions } from "./text.ts";
import { timeFunctions } from "./time.ts";

export { missingFunctions } from "./comparison.ts";

/** Every function and operator of the language through which missing propagates, written from the manual alone. */
export const naiveFunctions: ReadonlyMap<string, NaiveFunction> = new Map(
  Object.entries({
    ...arithmeticFunctions,
    ...comparisonFunctions,
    ...numberFunctions,
    ...textFunctions,
    ...timeFunctions,
    ...listFunctions,
    ...hashFunctions,
    ...placeFunctions,
  }),
);
