import { columnsOf, type ProjectPlan, storedNames, type VectorPlan } from "../plan/index.ts";
import { embed } from "./embed.ts";
import type { Symbols } from "./symbols.ts";

/** A vector with some of its labels only, in its own order; with all of them it is the vector itself. */
export function selectLabels(vector: VectorPlan, names: readonly string[]): VectorPlan {
  const labels = vector.labels.filter(({ name }) => names.includes(name));
  if (labels.length === vector.labels.length) return vector;
  const values = labels.flatMap(({ value, known }) => [value, ...known]);
  const columns = new Set(columnsOf(...values));
  const ids = new Set(storedNames(...values));
  for (const id of ids)
    for (const { key } of vector.labelReads.filter((read) => read.id === id))
      for (const own of storedNames(...key)) ids.add(own);
  const { version: _version, entities: _entities, sources: _sources, groups: _groups, ...parts } = vector;
  return embed(
    {
      ...parts,
      labels,
      labelColumns: vector.labelColumns.filter(({ name }) => columns.has(name)),
      labelReads: vector.labelReads.filter(({ id }) => ids.has(id)),
    },
    symbolsOf(vector),
  );
}

/** What plans define, as it is found by name. */
export function symbolsOf({
  entities,
  sources,
  groups,
}: Pick<ProjectPlan, "entities" | "sources" | "groups">): Pick<Symbols, "entities" | "sources" | "groups"> {
  return {
    entities: new Map(entities.map((entity) => [entity.name, entity])),
    sources: new Map(sources.map((plan) => [plan.name, { plan, schema: plan.columns }])),
    groups: new Map(groups.map((group) => [`${group.entity}:${group.name}`, group])),
  };
}
