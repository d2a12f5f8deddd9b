import { formatCanonicalName, nearestName } from "../../core/index.ts";
import type { FeaturePlan, GroupPlan, LabelPlan, ProjectPlan, SlotPlan, VectorPlan } from "../plan/index.ts";
import type { FeatureUse, Places } from "../semantic/index.ts";

/** A feature in its group. */
export interface OwnFeature {
  readonly group: GroupPlan;
  readonly feature: FeaturePlan;
}

/** What is to be explained: some features of a group, or some slots and labels of a vector. */
export type Subject =
  | {
      readonly of: "group";
      readonly kind: "feature" | "group";
      readonly name: string;
      /** In `about` and in {@link Places}. */
      readonly key: string;
      readonly features: readonly OwnFeature[];
    }
  | {
      readonly of: "vector";
      readonly kind: "vector" | "slot" | "label";
      readonly name: string;
      readonly key: string;
      readonly vector: VectorPlan;
      readonly slots: readonly SlotPlan[];
      readonly labels: readonly LabelPlan[];
      /** Of the vector's, those that belong to the slots and labels. */
      readonly uses: readonly FeatureUse[];
    };

/** There is nothing of that name. */
export interface UnknownSubject {
  readonly of: "nothing";
  /** The name that was probably meant. */
  readonly nearest?: string;
}

/**
 * Finds `entity:group:feature`, `entity:group`, `vector`, `vector:slot` or `vector:label`, with or without `@` in front. A slot goes by its name
 * in the text or in the plan: `hour`, or `hour_sin` alone. A group comes before a slot of the same name.
 */
export function subjectOf(plan: ProjectPlan, places: Places, asked: string): Subject | UnknownSubject {
  const name = asked.startsWith("@") ? asked.slice(1) : asked;
  for (const group of plan.groups) {
    const own = `${group.entity}:${group.name}`;
    if (name !== own && !name.startsWith(`${own}:`)) continue;
    const features = group.features.filter((feature) => name === own || name === `${own}:${feature.name}`);
    if (name === own)
      return { of: "group", kind: "group", name, key: `group:${own}`, features: inGroup(group, features) };
    if (features.length > 0)
      return { of: "group", kind: "feature", name, key: `feature:${name}`, features: inGroup(group, features) };
  }
  for (const vector of plan.vectors) {
    const uses = places.uses.filter((use) => use.vector === vector.name);
    const { slots, labels } = vector;
    const common = { of: "vector", name, vector } as const;
    if (name === vector.name) return { ...common, kind: "vector", key: `vector:${name}`, slots, labels, uses };
    if (!name.startsWith(`${vector.name}:`)) continue;
    const part = name.slice(vector.name.length + 1);
    for (const use of uses) {
      const results = use.name === part ? use.results : use.results.filter((result) => result === part);
      if (results.length === 0) continue;
      const isOwn = (one: { readonly name: string }): boolean => results.includes(one.name);
      const own = {
        ...common,
        kind: use.kind,
        key: `${use.kind}:${vector.name}:${use.name}`,
        uses: [{ ...use, results }],
      };
      return use.kind === "slot"
        ? { ...own, slots: slots.filter(isOwn), labels: [] }
        : { ...own, slots: [], labels: labels.filter(isOwn) };
    }
  }
  const nearest = nearestName(name, explainable(plan, places));
  return { of: "nothing", ...(nearest === undefined ? {} : { nearest }) };
}

function inGroup(group: GroupPlan, features: readonly FeaturePlan[]): readonly OwnFeature[] {
  return features.map((feature) => ({ group, feature }));
}

/** All names that can be explained. */
export function explainable(plan: ProjectPlan, places: Places): readonly string[] {
  return [
    ...plan.vectors.map(({ name }) => name),
    ...plan.groups.map(({ entity, name }) => `${entity}:${name}`),
    ...plan.groups.flatMap(({ entity, name, features }) =>
      features.map((feature) => formatCanonicalName({ entity, group: name, feature: feature.name })),
    ),
    ...places.uses.flatMap(({ vector, name, results }) =>
      [...new Set([name, ...results])].map((one) => `${vector}:${one}`),
    ),
  ];
}
