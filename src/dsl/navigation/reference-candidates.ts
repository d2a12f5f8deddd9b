import type { Word } from "../syntax/index.ts";
import { type Candidate, labelled, quoted } from "./candidate.ts";
import type { Named } from "./named.ts";
import type { ProjectIndex } from "./project-index.ts";

/** The names behind the last `@`, and where they begin; nothing where no `@` is being followed. */
function chainAt(before: readonly Word[]): { readonly names: readonly string[]; readonly from: number } | undefined {
  const names: string[] = [];
  let i = before.length - 1;
  for (; before[i]?.image === ":" && names.length < 2; i -= 2) {
    const name = before[i - 1]?.name;
    if (name === undefined) return undefined;
    names.unshift(name);
  }
  const at = before[i];
  if (at?.image !== "@") return undefined;
  // Directly behind a name it would begin a version.
  const previous = before[i - 1];
  if (previous?.name !== undefined && previous.end === at.start) return undefined;
  return { names, from: at.end };
}

/** Entities, groups and features behind an `@`: step by step, and as whole names. */
export function referenceCandidates(
  before: readonly Word[],
  { declared }: ProjectIndex,
): readonly Candidate[] | undefined {
  const chain = chainAt(before);
  if (chain === undefined) return undefined;
  const [entity, group] = chain.names;
  const found: Candidate[] = [];
  if (entity === undefined) {
    for (const { named } of declared.entities.values()) found.push(labelled(named, named.name, 0));
  }
  const own = [...declared.groups].filter(([name]) => entity === undefined || name.startsWith(`${entity}:`));
  for (const [name, { named, features }] of own) {
    const short = name.slice(name.indexOf(":") + 1);
    if (entity !== undefined && group === undefined) found.push(labelled(named, short, 0));
    if (group !== undefined && group !== short) continue;
    for (const [feature, one] of features) {
      if (group !== undefined) found.push(labelled(one, feature, 0));
      else
        found.push({ ...labelled(one, `${name}:${feature}`, 1), insert: wholeName(name, feature), from: chain.from });
    }
  }
  return found;
}

function wholeName(group: string, feature: string): string {
  const colon = group.indexOf(":");
  return [group.slice(0, colon), group.slice(colon + 1), feature].map(quoted).join(":");
}

/** In the brackets of a reference: the roles of its entity first. Nothing elsewhere. */
export function keyCandidates(
  before: readonly Word[],
  open: readonly number[],
  roles: readonly (Named & { readonly entity: string })[],
): readonly Candidate[] {
  const bracket = open.at(-1) ?? -1;
  if (before[bracket]?.image !== "[") return [];
  let end = bracket;
  // A version: `@2`.
  if (before[end - 1]?.kind === "number" && before[end - 2]?.image === "@") end -= 2;
  const [at, entity, colon, , second] = before.slice(end - 6, end);
  if (at?.image !== "@" || colon?.image !== ":" || second?.image !== ":") return [];
  return roles.map((role) => labelled(role, role.name, role.entity === entity?.name ? 0 : 1));
}
