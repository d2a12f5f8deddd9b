import { formatCanonicalName } from "../../core/index.ts";
import { type Expression, expressionParts } from "../syntax/index.ts";
import type { ReferencePlace } from "./check-reference.ts";

/**
 * The canonical names of the features that the expression of a slot or label is made of, sorted: its own, those in keys, and those
 * of the steps, slots and labels it names. `named` gives the definition that a name means there; none where it is the request's.
 */
export function featuresUsed(
  expression: Expression | undefined,
  place: "slot" | "label",
  named: (name: string, place: ReferencePlace) => Expression | undefined,
): readonly string[] {
  const features = new Set<string>();
  const seen = new Set<Expression>();
  const left: [Expression, ReferencePlace][] = expression === undefined ? [] : [[expression, place]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [one, here] = next;
    if (seen.has(one)) continue;
    seen.add(one);
    if (one.kind === "reference") {
      const { entity, group, feature } = one;
      features.add(formatCanonicalName({ entity: entity.text, group: group.text, feature: feature.text }));
    }
    const other = one.kind === "name" ? named(one.name.text, here) : undefined;
    if (other !== undefined) left.push([other, here === "label" ? "label" : "slot"]);
    for (const part of expressionParts(one)) left.push([part, one.kind === "reference" ? "key" : here]);
  }
  return [...features].sort();
}
