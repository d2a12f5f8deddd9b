import { type Json } from "../../core/index.ts";
import {
  entityFingerprint,
  groupFingerprint,
  type ProjectPlan,
  sourceFingerprint,
  vectorFingerprint,
} from "../../dsl/index.ts";
import type { Project } from "./load-project.ts";

/** What can be defined, each kind made of those before it. */
export const definitionKinds = ["entity", "source", "group", "vector"] as const;

/** By kind what a definition means. */
export interface PlanOf {
  readonly entity: ProjectPlan["entities"][number];
  readonly source: ProjectPlan["sources"][number];
  readonly group: ProjectPlan["groups"][number];
  readonly vector: ProjectPlan["vectors"][number];
}

/** What can be defined. */
export type DefinitionKind = (typeof definitionKinds)[number];

interface DefinitionOf<K extends DefinitionKind> {
  readonly kind: K;
  readonly name: string;
  /** SHA-256 of its meaning. */
  readonly fingerprint: string;
  readonly plan: PlanOf[K];
  /** Documentation, owner, promises; of a group also of its features. */
  readonly about: Json;
}

/** What the catalog keeps of each definition. */
export type Definition<K extends DefinitionKind = DefinitionKind> = { readonly [P in K]: DefinitionOf<P> }[K];

/** The definitions of a project, by kind and name. */
export function definitionsOf({ plan, about }: Pick<Project, "plan" | "about">): readonly Definition[] {
  const aboutOf = (key: string): Json => (about.get(key) ?? {}) as Json;
  const definition = <K extends DefinitionKind>(
    kind: K,
    name: string,
    fingerprint: string,
    part: PlanOf[K],
    extra: Json = {},
  ): DefinitionOf<K> => ({
    kind,
    name,
    fingerprint,
    plan: part,
    about: { ...(aboutOf(`${kind}:${name}`) as object), ...(extra as object) },
  });
  return [
    ...plan.entities.map((entity) => definition("entity", entity.name, entityFingerprint(entity), entity)),
    ...plan.sources.map((source) => definition("source", source.name, sourceFingerprint(source), source)),
    ...plan.groups.map((group) => {
      const name = `${group.entity}:${group.name}`;
      const features = Object.fromEntries(
        group.features.map((feature) => [feature.name, aboutOf(`feature:${name}:${feature.name}`)]),
      );
      return definition("group", name, groupFingerprint(group, sourceNamed(plan, group.source)), group, { features });
    }),
    ...plan.vectors.map((vector) => definition("vector", vector.name, vectorFingerprint(vector), vector)),
  ];
}

function sourceNamed(plan: ProjectPlan, name: string): ProjectPlan["sources"][number] {
  const source = plan.sources.find((candidate) => candidate.name === name);
  if (source === undefined) throw new Error(`the plan lacks the source ${name}`);
  return source;
}
