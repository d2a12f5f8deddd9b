import type { ProjectPlan } from "../../dsl/index.ts";
import { sourceOf } from "../online/find-feature.ts";
import { groupName } from "../online/index.ts";

/**
 * Parts groups into those that are loaded as of the same moments. Windows answer for the moment of their load alone, and snapshots for none
 * before theirs: where a vector reads windows, the groups with windows that it reads belong together, and with them the snapshots that it reads
 * and that are loaded again and again, for they promise something. Tables answer for any moment.
 *
 * @param names the groups that may be loaded; parts hold no others
 */
export function loadedTogether(
  project: ProjectPlan,
  names: readonly string[],
  promises: ReadonlyMap<string, number>,
): readonly (readonly string[])[] {
  const parts = new Map(names.map((name) => [name, [name]]));
  const kinds = new Map(project.groups.map((group) => [groupName(group), sourceOf(project, group).kind]));
  for (const { reads } of project.vectors) {
    const read = [...new Set(reads.map(({ entity, group }) => `${entity}:${group}`))].filter((name) => parts.has(name));
    const windows = read.filter((name) => kinds.get(name) === "events");
    const [first] = windows;
    if (first === undefined) continue;
    const states = read.filter((name) => kinds.get(name) === "snapshot" && promises.has(name));
    for (const name of [...windows, ...states]) join(parts, first, name);
  }
  return [...new Set(parts.values())];
}

function join(parts: Map<string, string[]>, one: string, other: string): void {
  const [into, from] = [parts.get(one), parts.get(other)];
  if (into === undefined || from === undefined || into === from) return;
  into.push(...from);
  for (const name of from) parts.set(name, into);
}
