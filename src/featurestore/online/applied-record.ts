import { type AppliedLog, decodeLog } from "../applied/index.ts";
import type { OnlineStore } from "./online-store.ts";

/**
 * The key under which a generation holds when its rows were first applied. No key of an entity is it: each begins with the tag of a
 * kind, and none of those is 0.
 */
export const appliedKey: Uint8Array = Uint8Array.of(0);

/**
 * When the rows of a group were first applied, by its current generation; `undefined` where nothing was loaded, or by a release that did not keep it.
 *
 * @throws TondoError `STORE_CORRUPT`, and what the store throws
 */
export async function readApplied(store: OnlineStore, group: string): Promise<AppliedLog | undefined> {
  const view = await store.view([group]);
  try {
    const pointer = view.pointer(group);
    if (pointer === undefined) return undefined;
    let log: AppliedLog | undefined;
    await view.read(group, pointer.generation, [appliedKey], (_, record) => {
      if (record !== undefined) log = decodeLog(record);
    });
    return log;
  } finally {
    view.close();
  }
}

/** {@link readApplied} of several groups, those that have a log; none where there is no store. */
export async function readAppliedLogs(
  store: OnlineStore | undefined,
  groups: readonly string[],
): Promise<ReadonlyMap<string, AppliedLog>> {
  const all = new Map<string, AppliedLog>();
  if (store === undefined) return all;
  for (const group of groups) {
    const log = await readApplied(store, group);
    if (log !== undefined) all.set(group, log);
  }
  return all;
}
