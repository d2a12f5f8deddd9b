import { formatCanonicalName, formatDuration } from "../../core/index.ts";
import { type About, type ProjectPlan, storedNames, type VectorPlan } from "../plan/index.ts";
import type { Places } from "../semantic/index.ts";
import { type Fact, factsOf } from "./facts.ts";
import { type Lineage, lineageOf } from "./lineage.ts";
import { type PlanNode, planTree, placeText, type TreeContext } from "./plan-tree.ts";
import { type ExplainedProgram, explainProgram } from "./program.ts";
import { readOf, readsOf } from "./reads.ts";
import { type Subject, subjectOf, type UnknownSubject } from "./subject.ts";

/** What a definition comes to, for people: no part of any plan. */
export interface Explanation {
  readonly of: "something";
  readonly kind: Subject["kind"];
  /** Canonical, without `@`. */
  readonly name: string;
  /** `file:line`. */
  readonly place?: string;
  readonly doc?: string;
  readonly owner?: string;
  readonly description?: string;
  /** Promised freshness. */
  readonly sla?: string;
  readonly facts: readonly Fact[];
  readonly lineage: Lineage;
  readonly plans: readonly ExplainedPlan[];
  readonly programs: readonly ExplainedProgram[];
  /** A vector's plan with just what is read for it: what engines join. */
  readonly reads: VectorPlan;
}

/** A feature, slot or label as a tree of typed nodes. */
export interface ExplainedPlan {
  readonly name: string;
  readonly place?: string;
  readonly tree: PlanNode;
}

/** Where a project's definitions were written, and what was written about them. */
export interface ExplainContext {
  readonly plan: ProjectPlan;
  readonly about: ReadonlyMap<string, About>;
  readonly places: Places;
}

/** Explains the definition of that name: see {@link subjectOf} for the names. */
export function explain({ plan, about, places }: ExplainContext, name: string): Explanation | UnknownSubject {
  const subject = subjectOf(plan, places, name);
  if (subject.of === "nothing") return subject;
  const reads = readsOf(subject, plan);
  const own = about.get(subject.key) ?? {};
  const { owner = inheritedOwner(subject, about), doc, description, sla = inheritedSla(subject, about) } = own;
  const span = places.definitions.get(subject.key);
  const context = treeContext(subject, reads, places);
  return {
    of: "something",
    kind: subject.kind,
    name: subject.name,
    ...(span === undefined ? {} : { place: placeText(span) }),
    ...(doc === undefined ? {} : { doc }),
    ...(owner === undefined ? {} : { owner }),
    ...(description === undefined ? {} : { description }),
    ...(sla === undefined ? {} : { sla: formatDuration(sla) }),
    facts: factsOf(subject, plan),
    lineage: lineageOf(reads, featureNames(subject), usesOf(subject, places)),
    plans: plansOf(subject, places, context),
    programs: programsOf(subject, context),
    reads,
  };
}

function inheritedOwner(subject: Subject, about: ExplainContext["about"]): string | undefined {
  return about.get(parentKey(subject))?.owner;
}

function inheritedSla(subject: Subject, about: ExplainContext["about"]): number | undefined {
  return about.get(parentKey(subject))?.sla;
}

function parentKey(subject: Subject): string {
  if (subject.of === "vector") return `vector:${subject.vector.name}`;
  const group = subject.features[0]?.group;
  return group === undefined ? subject.key : `group:${group.entity}:${group.name}`;
}

function treeContext(subject: Subject, reads: VectorPlan, places: Places): TreeContext {
  const ofGroup = subject.of === "group";
  return {
    places,
    read: (id) => (ofGroup ? undefined : readOf(reads, id)),
    stored: ({ name }) => {
      const read = readOf(reads, name);
      const group = reads.groups.find((one) => one.entity === read?.entity && one.name === read.group);
      const stored = group?.stored.find((one) => one.name === read?.stored);
      return group === undefined || stored === undefined ? undefined : { group, stored };
    },
  };
}

function featureNames(subject: Subject): readonly string[] {
  if (subject.of === "vector") return [...new Set(subject.uses.flatMap(({ features }) => features))].sort();
  return subject.features.map(({ group, feature }) =>
    formatCanonicalName({ entity: group.entity, group: group.name, feature: feature.name }),
  );
}

/** The slots and labels that are made of it; of a slot or label itself. */
function usesOf(subject: Subject, { uses }: Places): Places["uses"] {
  if (subject.of === "vector") return subject.uses;
  const own = new Set(featureNames(subject));
  return uses.filter(({ features }) => features.some((name) => own.has(name)));
}

function plansOf(subject: Subject, places: Places, context: TreeContext): readonly ExplainedPlan[] {
  const plan = (name: string, key: string, value: Parameters<typeof planTree>[0]): ExplainedPlan => {
    const span = places.definitions.get(key);
    const place = span === undefined ? "" : placeText(span);
    return { name, ...(place === "" ? {} : { place }), tree: planTree(value, context, place) };
  };
  if (subject.of === "group") {
    return subject.features.map(({ group, feature }) =>
      plan(feature.name, `feature:${group.entity}:${group.name}:${feature.name}`, feature.value),
    );
  }
  const declared = (name: string): string => subject.uses.find(({ results }) => results.includes(name))?.name ?? name;
  const { vector, slots, labels } = subject;
  return [
    ...slots.map(({ name, value }) => plan(name, `slot:${vector.name}:${declared(name)}`, value)),
    ...labels.map(({ name, value }) => plan(name, `label:${vector.name}:${declared(name)}`, value)),
  ];
}

/** A feature that is what its group stores needs no program. */
function programsOf(subject: Subject, context: TreeContext): readonly ExplainedProgram[] {
  if (subject.of === "group") {
    const derived = subject.features.map(({ feature }) => feature).filter(({ value }) => value.node !== "stored");
    return derived.length === 0 ? [] : [explainProgram("from what the group stores", derived, context)];
  }
  const { slots, labels } = subject;
  const computed = labels.filter(({ value }) => storedNames(value).length > 0 || value.node !== "column");
  return [
    ...(slots.length === 0 ? [] : [explainProgram("slots", slots, context)]),
    ...(computed.length === 0 ? [] : [explainProgram("labels", computed, context)]),
  ];
}
