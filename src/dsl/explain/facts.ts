import { formatDuration, parseTypeName, type TypeName } from "../../core/index.ts";
import { fittedFunctions } from "../functions/index.ts";
import { groupFingerprint, type GroupPlan, type ProjectPlan, vectorFingerprint, walk } from "../plan/index.ts";
import { expressionText } from "./expression-text.ts";
import type { Subject } from "./subject.ts";

/** Something to know of a definition. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** How much of a fingerprint is shown. */
const shownDigits = 12;

/** What a definition is, in a few words each. */
export function factsOf(subject: Subject, project: ProjectPlan): readonly Fact[] {
  return subject.of === "group" ? groupFacts(subject, project) : vectorFacts(subject);
}

function groupFacts(subject: Extract<Subject, { of: "group" }>, project: ProjectPlan): readonly Fact[] {
  const [first] = subject.features;
  if (first === undefined) return [];
  const { group, feature } = first;
  const source = project.sources.find(({ name }) => name === group.source);
  const own = subject.kind === "feature" ? [...typeFacts(feature.type), ...versionFacts(group, feature.name)] : [];
  return [
    ...own,
    { name: "entity", value: entityText(group, project) },
    { name: "source", value: `${source?.kind ?? ""} ${group.source}`.trim() },
    ...(group.ttl === undefined ? [] : [{ name: "ttl", value: formatDuration(group.ttl) }]),
    ...(subject.kind === "feature" && feature.forward
      ? [{ name: "looks", value: "forward: it may stand in labels only" }]
      : []),
    ...(subject.kind === "group" ? [{ name: "features", value: String(subject.features.length) }] : []),
    ...(source === undefined
      ? []
      : [{ name: "group fingerprint", value: groupFingerprint(group, source).slice(0, shownDigits) }]),
  ];
}

function vectorFacts(subject: Extract<Subject, { of: "vector" }>): readonly Fact[] {
  const { vector, slots, labels, kind } = subject;
  const [slot] = slots;
  const [label] = labels;
  if (kind === "slot" && slot !== undefined) {
    const at = vector.slots.indexOf(slot) + 1;
    const places = slots.length === 1 ? String(at) : `${String(at)} to ${String(at + slots.length - 1)}`;
    const several = slots.length === 1 ? [] : [{ name: "slots", value: slots.map(({ name }) => name).join(", ") }];
    const fits = new Map<string, string>();
    for (const { value } of slots) {
      for (const node of walk(value)) if (node.node === "fitted") fits.set(node.fit, fittedWord(node.function));
    }
    return [
      ...typeFacts(slot.type),
      ...several,
      { name: "place", value: `${places} of the ${String(vector.slots.length)} slots of ${vector.name}` },
      ...(fits.size === 0
        ? []
        : [{ name: "fitted", value: [...fits].map(([fit, word]) => `${fit} ${word}`).join(", ") }]),
    ];
  }
  if (kind === "label" && label !== undefined) {
    const known =
      label.known.length === 0 ? "with its row" : label.known.map((moment) => expressionText(moment)).join(", ");
    return [...typeFacts(label.type), { name: "known", value: known }];
  }
  const typed = (columns: readonly { readonly name: string; readonly type: string }[]): string =>
    columns.map(({ name, type }) => `${name}: ${type}`).join(", ");
  return [
    {
      name: "key",
      value: vector.roles.map(({ role, entity }) => (role === entity ? role : `${role}: ${entity}`)).join(", "),
    },
    ...(vector.inputs.length === 0 ? [] : [{ name: "input", value: typed(vector.inputs) }]),
    { name: "slots", value: String(slots.length) },
    ...(labels.length === 0 ? [] : [{ name: "labels", value: typed(labels) }]),
    { name: "fingerprint", value: vectorFingerprint(vector).slice(0, shownDigits) },
  ];
}

function fittedWord(name: string): string {
  const entry = fittedFunctions.get(name);
  if (entry === undefined) return name;
  return entry.word === undefined ? entry.name : `${entry.name}(${entry.word})`;
}

function typeFacts(type: TypeName): readonly Fact[] {
  const { kind, optional } = parseTypeName(type);
  return [{ name: "type", value: optional ? `${kind}, may be missing` : kind }];
}

/** All versions, where there are several. */
function versionFacts(group: GroupPlan, name: string): readonly Fact[] {
  const base = name.split("@")[0] ?? name;
  const versions = group.features.map((feature) => feature.name).filter((other) => other.split("@")[0] === base);
  return versions.length === 1 ? [] : [{ name: "versions", value: versions.join(", ") }];
}

function entityText(group: GroupPlan, project: ProjectPlan): string {
  const columns = project.entities.find(({ name }) => name === group.entity)?.key ?? [];
  const key = columns.map(({ name, type }, i) => {
    const plan = group.key[i];
    const by = plan === undefined ? name : expressionText(plan);
    return by === name ? `${name}: ${type}` : `${name}: ${type} by ${by}`;
  });
  return `${group.entity} (${key.join(", ")})`;
}
