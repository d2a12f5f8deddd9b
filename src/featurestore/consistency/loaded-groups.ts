import type { AppliedLog } from "../applied/index.ts";
import { type GroupPointer, type OnlineStore, readApplied } from "../online/index.ts";

/** What a store holds of a group: what is current, and when its rows were first applied. */
export interface LoadedGroup {
  readonly pointer: GroupPointer;
  /** Tables have none: they are of no time. */
  readonly log?: AppliedLog | undefined;
}

/**
 * What a store holds of some groups (`entity:group`); those that were never loaded are not there.
 *
 * @throws TondoError `STORE_CORRUPT`, and what the store throws
 */
export async function readLoaded(
  store: OnlineStore,
  groups: readonly string[],
): Promise<ReadonlyMap<string, LoadedGroup>> {
  const view = await store.view(groups);
  const loaded = new Map<string, LoadedGroup>();
  try {
    for (const group of groups) {
      const pointer = view.pointer(group);
      if (pointer !== undefined) loaded.set(group, { pointer });
    }
  } finally {
    view.close();
  }
  for (const [group, { pointer }] of loaded) {
    const log = await readApplied(store, group);
    if (log !== undefined) loaded.set(group, { pointer, log });
  }
  return loaded;
}
