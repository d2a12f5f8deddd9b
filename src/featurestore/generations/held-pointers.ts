import type { GroupPlan, ProjectPlan } from "../../dsl/index.ts";
import { chooseGroups } from "../materialize/materialize.ts";
import { type GroupPointer, groupName, type OnlineStore } from "../online/index.ts";

/** Of which groups of a project, in which store. */
export interface HeldOptions {
  readonly project: ProjectPlan;
  readonly store: OnlineStore;
  /** `entity:group`; by default all with something to load. */
  readonly groups?: readonly string[];
}

/** A group as it is defined, and what is current of it. */
export interface HeldPointer {
  readonly name: string;
  readonly group: GroupPlan;
  readonly pointer: GroupPointer | undefined;
}

/**
 * What is current of groups, in one view.
 * @throws TondoError `UNKNOWN_GROUP`, `INVALID_ARGUMENT` for one that only looks forward, and what the store throws
 */
export async function heldPointers({ project, store, groups }: HeldOptions): Promise<readonly HeldPointer[]> {
  const chosen = chooseGroups(project, groups);
  const view = await store.view(chosen.map(groupName));
  try {
    return chosen.map((group) => ({ name: groupName(group), group, pointer: view.pointer(groupName(group)) }));
  } finally {
    view.close();
  }
}
