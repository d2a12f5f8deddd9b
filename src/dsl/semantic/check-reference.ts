import { canonicalJson } from "../../core/index.ts";
import { type ExpressionPlan, type FeaturePlan, type GroupPlan, replaceLeaves } from "../plan/index.ts";
import { didYouMean, type ReferenceExpression } from "../syntax/index.ts";
import { checkKey, type KeyContext } from "./check-key.ts";
import type { Reads } from "./reads.ts";
import { featureOf, isBroken, type Symbols } from "./symbols.ts";

/** What a reference can mean in one vector. */
export interface ReferenceContext extends KeyContext {
  readonly symbols: Symbols;
  /** What is read: filled here. */
  readonly reads: Reads;
  /** Features that were read before, under which key. */
  readonly seen: Map<string, ExpressionPlan>;
  /** What keys are called: the same key of an entity has one name, however it is written. */
  readonly keyNames: Map<string, string>;
}

/** Where a reference stands. */
export type ReferencePlace = "slot" | "label" | "key";

/** `@entity:group:feature[key]` as an expression over stored values, which are added to the context's `reads`. */
export function checkReference(
  reference: ReferenceExpression,
  context: ReferenceContext,
  place: ReferencePlace,
): ExpressionPlan | undefined {
  const { symbols, report } = context;
  const found = findFeature(reference, context);
  if (found === undefined) return undefined;
  const { group, feature } = found;
  if (feature.forward && place === "key") {
    return report.error(
      "forward-key",
      `"${feature.name}" looks forward: no key is made of it`,
      reference.span,
      "a key is what the request knows: read a window that looks back",
    );
  }
  if (feature.forward && place === "slot") {
    return report.error(
      "label-among-features",
      `"${feature.name}" looks forward: it may stand in a label only`,
      reference.span,
      "no request can know it: write label name = ..., or read a window that looks back",
    );
  }
  const entity = symbols.entities.get(group.entity);
  if (entity === undefined) return undefined;
  const checked = checkKey(reference, entity, context);
  if (checked === undefined) return undefined;
  const text = canonicalJson(checked.columns);
  const key = { ...checked, text, name: context.keyNames.get(`${entity.name}[${text}]`) ?? checked.name };
  context.keyNames.set(`${entity.name}[${text}]`, key.name);
  // Each feature once: the same part is then the same object wherever it is read.
  const own = `${group.entity}:${group.name}:${feature.name}[${text}]`;
  const before = context.seen.get(own);
  if (before !== undefined) return before;
  const value = replaceLeaves(feature.value, (leaf) =>
    leaf.node === "stored" ? context.reads.add(leaf.name, group, key) : undefined,
  );
  report.places.copy(feature.value, value);
  context.seen.set(own, value);
  return value;
}

/** The feature that a reference names and its group, or a report of what there is none of. */
export function findFeature(
  reference: ReferenceExpression,
  context: Pick<ReferenceContext, "symbols" | "report">,
): { readonly group: GroupPlan; readonly feature: FeaturePlan } | undefined {
  const group = groupOf(reference, context);
  if (group === undefined) return undefined;
  const feature = featureOf(group, reference.feature.text);
  if (feature !== undefined) return { group, feature };
  const names = declaredFeatures(reference, context.symbols);
  // A feature that is declared but has an error has been reported where it stands.
  if (names.includes(reference.feature.text)) return undefined;
  return context.report.error(
    "unknown-feature",
    `${group.entity}:${group.name} has no feature "${reference.feature.text}"`,
    reference.feature.span,
    () => didYouMean(reference.feature.text, names) ?? `it has ${names.slice(0, 12).join(", ")}`,
  );
}

function groupOf(
  { entity, group, span }: ReferenceExpression,
  { symbols, report }: Pick<ReferenceContext, "symbols" | "report">,
): GroupPlan | undefined {
  const name = `${entity.text}:${group.text}`;
  const found = symbols.groups.get(name);
  if (found !== undefined || symbols.groupDeclarations.has(name) || isBroken(symbols, "group", name)) return found;
  if (!symbols.entityDeclarations.has(entity.text)) {
    if (isBroken(symbols, "entity", entity.text)) return undefined;
    return report.error("unknown-entity", `there is no entity "${entity.text}"`, entity.span, () =>
      didYouMean(entity.text, symbols.entityDeclarations.keys()),
    );
  }
  const own = [...symbols.groupDeclarations.keys()].filter((other) => other.startsWith(`${entity.text}:`));
  return report.error("unknown-group", `there is no group "${name}"`, span, () => {
    const listed = own.length === 0 ? undefined : `"${entity.text}" has ${own.slice(0, 12).join(", ")}`;
    return didYouMean(name, symbols.groupDeclarations.keys()) ?? listed;
  });
}

function declaredFeatures({ entity, group }: ReferenceExpression, symbols: Symbols): readonly string[] {
  return symbols.groupDeclarations.get(`${entity.text}:${group.text}`)?.definitions.map(({ name }) => name.text) ?? [];
}
