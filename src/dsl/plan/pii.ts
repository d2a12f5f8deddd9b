import { formatCanonicalName } from "../../core/index.ts";
import type { ExpressionPlan } from "./expression-plan.ts";
import type { EntityPlan, GroupPlan, ProjectPlan, SourcePlan, StoredPlan, VectorPlan } from "./plan.ts";
import { columnsOf, storedNames } from "./walk.ts";

/** Aggregates that say how many or how much, and give no value on: all others do. */
const measures: ReadonlySet<string> = new Set([
  "count",
  "distinct",
  "approx_distinct",
  "sum",
  "mean",
  "var",
  "std",
  "ratio",
]);

/** What of a project holds personal data. */
export interface Pii {
  /** `entity.column` of keys. */
  readonly keys: ReadonlySet<string>;
  /** Canonical names of features. */
  readonly features: ReadonlySet<string>;
  /** `vector.input`. */
  readonly inputs: ReadonlySet<string>;
}

/** A plan with sources, groups and entities, a vector's or a project's. */
type Defined = Pick<ProjectPlan, "entities" | "sources" | "groups">;

/**
 * What of a project holds personal data: what is marked so, and what carries it on. An expression carries what it reads, whatever it makes of it, unless it is computed and
 * true or false; a window carries its input, unless it counts or adds up (`count distinct approx_distinct sum mean var std ratio`). A column of a key is personal
 * where it is marked in the entity, or made of a marked column by some group.
 *
 * @example `piiOf(project).features.has("customer:profile:email")`
 */
export function piiOf(project: ProjectPlan): Pii {
  const keys = new Set(
    project.entities.flatMap((entity) => [...piiKey(project, entity)].map((column) => `${entity.name}.${column}`)),
  );
  const features = new Set<string>();
  for (const group of project.groups) {
    const stored = piiStored(project, group);
    for (const { name, value } of group.features) {
      if (
        carries(
          value,
          () => false,
          (id) => stored.has(id),
        )
      )
        features.add(formatCanonicalName({ entity: group.entity, group: group.name, feature: name }));
    }
  }
  const inputs = new Set(
    project.vectors.flatMap((vector) => {
      const own = piiOutputs(vector);
      return vector.inputs.filter(({ name }) => own.has(name)).map(({ name }) => `${vector.name}.${name}`);
    }),
  );
  return { keys, features, inputs };
}

/**
 * The columns of a vector's requests, rows and answers that hold personal data, by the rule of {@link piiOf}: columns of its roles' keys, inputs, reads (by their ids) and slots. An input is,
 * where it is marked, or where a personal key is taken from it as it is.
 */
export function piiOutputs(vector: VectorPlan): ReadonlySet<string> {
  const hidden = new Set<string>(vector.pii ?? []);
  const keys = new Map(vector.entities.map((entity) => [entity.name, piiKey(vector, entity)]));
  for (const { role, entity } of vector.roles) {
    const parts = vector.entities.find(({ name }) => name === entity)?.key ?? [];
    for (const { name } of parts)
      if (keys.get(entity)?.has(name) === true) hidden.add(parts.length === 1 ? role : `${role}_${name}`);
  }
  const all = [...vector.reads, ...vector.labelReads];
  for (const { entity, key } of all) {
    const parts = vector.entities.find(({ name }) => name === entity)?.key ?? [];
    for (const [i, part] of key.entries())
      if (part.node === "column" && keys.get(entity)?.has(parts[i]?.name ?? "") === true) hidden.add(part.name);
  }
  const stored = new Map(
    vector.groups.map((group) => [`${group.entity}:${group.name}`, piiStored(vector, group)] as const),
  );
  for (const { id, entity, group, stored: name } of all)
    if (stored.get(`${entity}:${group}`)?.has(name) === true) hidden.add(id);
  const isHidden = (name: string): boolean => hidden.has(name);
  const made = [...vector.slots, ...vector.labels].filter(({ value }) => carries(value, isHidden, isHidden));
  return new Set([...hidden, ...made.map(({ name }) => name)]);
}

/** The columns of a key that are personal. */
function piiKey({ groups, sources }: Defined, { name, key, pii = [] }: EntityPlan): ReadonlySet<string> {
  const found = new Set(pii);
  for (const group of groups) {
    if (group.entity !== name) continue;
    const columns = new Set(sourceOf(sources, group)?.pii ?? []);
    for (const [i, part] of group.key.entries())
      if (
        carries(
          part,
          (column) => columns.has(column),
          () => false,
        )
      )
        found.add(key[i]?.name ?? "");
  }
  return found;
}

/** The names of what a group stores that is personal. */
function piiStored({ sources }: Defined, group: GroupPlan): ReadonlySet<string> {
  const columns = new Set(sourceOf(sources, group)?.pii ?? []);
  const isPii = (plan: StoredPlan): boolean =>
    plan.kind === "column"
      ? columns.has(plan.column)
      : plan.input !== undefined &&
        !measures.has(plan.aggregate) &&
        carries(
          plan.input,
          (column) => columns.has(column),
          () => false,
        );
  return new Set(group.stored.filter(isPii).map(({ name }) => name));
}

function sourceOf(sources: readonly SourcePlan[], { source }: GroupPlan): SourcePlan | undefined {
  return sources.find(({ name }) => name === source);
}

/** Whether an expression gives on what some of its leaves hold. */
function carries(
  value: ExpressionPlan,
  isColumn: (name: string) => boolean,
  isStored: (name: string) => boolean,
): boolean {
  if (value.node === "call" && /^bool\??$/.test(value.type)) return false;
  return columnsOf(value).some(isColumn) || storedNames(value).some(isStored);
}
