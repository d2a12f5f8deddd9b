import { formatCanonicalName, parseCanonicalName, TondoError } from "../../core/index.ts";
import { closestName } from "./closest-name.ts";
import type { EntityPlan, FeaturePlan, GroupPlan, ProjectPlan, SourcePlan } from "../../dsl/index.ts";

/** A feature with what it is made from. */
export interface FoundFeature {
  readonly feature: FeaturePlan;
  readonly group: GroupPlan;
  readonly source: SourcePlan;
  readonly entity: EntityPlan;
}

/**
 * The feature of a canonical name.
 * @throws TondoError `INVALID_ARGUMENT` where it is no such name or looks forward, `UNKNOWN_FEATURE`
 */
export function findFeature(project: ProjectPlan, name: string): FoundFeature {
  const parsed = parseCanonicalName(name);
  const group = project.groups.find((one) => one.entity === parsed.entity && one.name === parsed.group);
  const feature = group?.features.find((one) => one.name === parsed.feature);
  if (group === undefined || feature === undefined) throw unknown(project, name);
  if (feature.forward) {
    throw new TondoError("INVALID_ARGUMENT", `"${name}" looks forward: nobody knows it yet`, {
      hint: "Forward windows are for labels; they are computed in training sets only.",
    });
  }
  return { feature, group, source: sourceOf(project, group), entity: entityOf(project, group.entity) };
}

/** The source of a group, from the same plan. */
export function sourceOf(project: Pick<ProjectPlan, "sources">, group: GroupPlan): SourcePlan {
  const source = project.sources.find(({ name }) => name === group.source);
  if (source === undefined) throw new TondoError("INTERNAL", `the plan lacks the source "${group.source}"`);
  return source;
}

/** An entity by its name, from the same plan. */
export function entityOf(project: ProjectPlan, name: string): EntityPlan {
  const entity = project.entities.find((one) => one.name === name);
  if (entity === undefined) throw new TondoError("INTERNAL", `the plan lacks the entity "${name}"`);
  return entity;
}

function unknown(project: ProjectPlan, name: string): TondoError {
  const all = project.groups.flatMap((group) =>
    group.features.map((feature) =>
      formatCanonicalName({ entity: group.entity, group: group.name, feature: feature.name }),
    ),
  );
  return new TondoError("UNKNOWN_FEATURE", `there is no feature "${name}"`, {
    hint: closestName(name, all) ?? "`tondo plan` lists what is defined.",
    details: { name },
  });
}
