import { nearestName } from "../../core/index.ts";

/**
 * A hint that names the candidate most like a name, if one is like it at all.
 *
 * @example `closestName("airport:departures:delay_4h", names) // 'Did you mean "airport:departures:delay_3h"?'`
 */
export function closestName(name: string, candidates: readonly string[]): string | undefined {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
}
