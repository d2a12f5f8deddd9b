import {
  type ExpressionPlan,
  type GroupPlan,
  type ProjectPlan,
  readIds,
  type ReadPlan,
  storedNames,
  type VectorPlan,
} from "../plan/index.ts";
import type { OwnFeature, Subject } from "./subject.ts";

/**
 * A vector's plan with just what a subject reads: of a feature or a group, one that asks for all of it by the entity's key; of a slot
 * or label, its own reads and those that their keys need.
 */
export function readsOf(subject: Subject, project: ProjectPlan): VectorPlan {
  if (subject.of === "group") return readsOfFeatures(subject.name, subject.features, project);
  const { vector, slots, labels } = subject;
  if (subject.kind === "vector") return vector;
  const ids = readIds(
    [...slots, ...labels].map(({ value }) => value),
    (id) => readOf(vector, id)?.key ?? [],
  );
  const isOwn = ({ id }: ReadPlan): boolean => ids.has(id);
  return {
    ...vector,
    slots,
    labels,
    reads: vector.reads.filter(isOwn),
    labelReads: vector.labelReads.filter((read) => isOwn(read) && labels.length > 0),
  };
}

/** The read of that id. */
export function readOf({ reads, labelReads }: VectorPlan, id: string): ReadPlan | undefined {
  return [...reads, ...labelReads].find((read) => read.id === id);
}

function readsOfFeatures(name: string, features: readonly OwnFeature[], project: ProjectPlan): VectorPlan {
  const needed = new Set(storedNames(...features.map(({ feature }) => feature.value)));
  const groups = [...new Set(features.map(({ group }) => group))].map((group): GroupPlan => ({
    ...group,
    stored: group.stored.filter((stored) => needed.has(stored.name)),
    features: [],
  }));
  const entities = project.entities.filter((entity) => groups.some((group) => group.entity === entity.name));
  const keys = entities.flatMap(({ key }) => key);
  const reads = groups.flatMap((group) =>
    group.stored.map((stored) => ({
      forward: stored.kind === "window" && stored.direction === "next",
      read: {
        id: stored.name,
        entity: group.entity,
        group: group.name,
        stored: stored.name,
        type: stored.type,
        key: keys.map(({ name: column, type }): ExpressionPlan => ({ node: "column", name: column, type })),
      },
    })),
  );
  return {
    version: 1,
    name,
    roles: entities.map((entity) => ({ role: entity.name, entity: entity.name })),
    keys,
    inputs: [],
    labelColumns: [],
    reads: reads.filter(({ forward }) => !forward).map(({ read }) => read),
    labelReads: reads.filter(({ forward }) => forward).map(({ read }) => read),
    slots: [],
    labels: [],
    entities,
    sources: project.sources.filter((source) => groups.some((group) => group.source === source.name)),
    groups,
  };
}
