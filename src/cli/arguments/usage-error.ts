import { nearestName, TondoError } from "../../core/index.ts";

/** The error of a command line that cannot be understood; the command exits with code 2. */
export function usageError(message: string, hint?: string): TondoError {
  return new TondoError("USAGE", message, hint === undefined ? {} : { hint });
}

/** `Did you mean "x"?`, or what else there is to say. */
export function meant(name: string, candidates: readonly string[], otherwise: string): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? otherwise : `Did you mean "${nearest}"?`;
}
