import { formatCanonicalName } from "../../core/index.ts";
import { type Expression, expressionParts } from "../syntax/index.ts";

/**
 * The canonical names of the features that an expression is made of, sorted: its own, those in keys, and those of the steps,
 * slots and labels it names.
 */
export function featuresUsed(
  expression: Expression | undefined,
  named: (name: string) => Expression | undefined,
): readonly string[] {
  const features = new Set<string>();
  const seen = new Set<Expression>();
  const left = expression === undefined ? [] : [expression];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    if (one.kind === "reference") {
      const { entity, group, feature } = one;
      features.add(formatCanonicalName({ entity: entity.text, group: group.text, feature: feature.text }));
    }
    const other = one.kind === "name" ? named(one.name.text) : undefined;
    if (other !== undefined) left.push(other);
    for (const part of expressionParts(one)) left.push(part);
  }
  return [...features].sort();
}
