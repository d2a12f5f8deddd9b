import { canonicalJson } from "../../core/index.ts";
import type { Definition, PlanOf } from "./definition.ts";

/**
 * Whether a definition is a group that has more features, or versions of features, than before, and of which all that was there
 * means what it meant: models and loaded values that were made of it stay right. Where a new feature reads a column that the group
 * did not read, the others' ties are broken otherwise, and their meaning is another.
 */
export function isExtended(before: Definition, after: Definition): boolean {
  if (before.kind !== "group" || after.kind !== "group") return false;
  const [old, own] = [before.plan, after.plan];
  const rest = (group: PlanOf["group"]): string => canonicalJson({ ...group, stored: [], features: [] });
  const has = (all: readonly object[]): ((one: object) => boolean) => {
    const texts = new Set(all.map(canonicalJson));
    return (one) => texts.has(canonicalJson(one));
  };
  return rest(old) === rest(own) && old.stored.every(has(own.stored)) && old.features.every(has(own.features));
}
