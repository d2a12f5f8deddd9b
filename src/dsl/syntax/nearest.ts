import { nearestName } from "../../core/index.ts";

/** `did you mean "x"?` for the nearest of the names, or nothing where none is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? undefined : `did you mean "${nearest}"?`;
}
