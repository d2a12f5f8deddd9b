import type { AppliedDefinition } from "../catalog/index.ts";

/** The freshness that applied groups promise, their `sla` in microseconds, by `entity:group`; those that promise none are not there. */
export function promisesOf(definitions: readonly AppliedDefinition[]): ReadonlyMap<string, number> {
  const promises = new Map<string, number>();
  for (const { kind, name, about } of definitions) {
    if (kind !== "group" || typeof about !== "object" || about === null || Array.isArray(about)) continue;
    const sla = Object.entries(about).find(([property]) => property === "sla")?.[1];
    if (typeof sla === "number") promises.set(name, sla);
  }
  return promises;
}
