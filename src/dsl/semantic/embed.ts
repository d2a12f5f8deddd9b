import { columnsOf, type ExpressionPlan, type GroupPlan, type SourcePlan, type VectorPlan } from "../plan/index.ts";
import type { Symbols } from "./symbols.ts";

type Found = Pick<Symbols, "entities" | "sources" | "groups">;
type Parts = Omit<VectorPlan, "version" | "entities" | "sources" | "groups">;

/**
 * Makes a vector's plan self-contained: the groups it reads with what it reads of them, their sources with the columns
 * those need, their entities. A group keeps all its `reads`, since they break ties.
 */
export function embed(parts: Parts, symbols: Found): VectorPlan {
  const used = new Map<string, Set<string>>();
  for (const { entity, group, stored } of [...parts.reads, ...parts.labelReads]) {
    const name = `${entity}:${group}`;
    used.set(name, (used.get(name) ?? new Set()).add(stored));
  }
  const groups = [...used]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, stored]): GroupPlan[] => {
      const group = symbols.groups.get(name);
      if (group === undefined) return [];
      return [{ ...group, stored: group.stored.filter((plan) => stored.has(plan.name)), features: [] }];
    });
  const entities = new Set([...parts.roles, ...groups].map(({ entity }) => entity));
  return {
    version: 1,
    ...parts,
    entities: [...entities].sort().flatMap((name) => symbols.entities.get(name) ?? []),
    sources: [...new Set(groups.map(({ source }) => source))]
      .sort()
      .flatMap((name) => narrowedSource(name, groups, symbols) ?? []),
    groups,
  };
}

/** A source with the columns that some groups read. */
export function narrowedSource(
  name: string,
  groups: readonly GroupPlan[],
  symbols: Pick<Symbols, "sources">,
): SourcePlan | undefined {
  const source = symbols.sources.get(name);
  if (source === undefined) return undefined;
  const own = groups.filter((group) => group.source === name);
  const expressions: (ExpressionPlan | undefined)[] = [
    source.plan.at,
    ...(source.plan.id ?? []),
    source.plan.deleted,
    ...source.plan.transports.map(({ known }) => known),
    ...own.flatMap(({ key }) => key),
  ];
  const names = new Set([...columnsOf(...expressions), ...own.flatMap(({ reads }) => reads)]);
  const columns = Object.fromEntries(
    [...names].sort().flatMap((column) => {
      const type = source.schema[column];
      return type === undefined ? [] : [[column, type]];
    }),
  );
  return { ...source.plan, columns };
}
