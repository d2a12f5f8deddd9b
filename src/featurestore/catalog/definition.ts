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

/** What the catalog keeps of each definition. */
export interface Definition {
  readonly kind: (typeof definitionKinds)[number];
  readonly name: string;
  /** SHA-256 of its meaning. */
  readonly fingerprint: string;
  readonly plan: Json;
  /** Documentation, owner, promises; of a group also of its features. */
  readonly about: Json;
}

/** The definitions of a project, by kind and name. */
export function definitionsOf({ plan, about }: Pick<Project, "plan" | "about">): readonly Definition[] {
  const aboutOf = (key: string): Json => (about.get(key) ?? {}) as Json;
  const definition = (
    kind: Definition["kind"],
    name: string,
    fingerprint: string,
    part: unknown,
    extra: Json = {},
  ): Definition => ({
    kind,
    name,
    fingerprint,
    plan: part as Json,
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
