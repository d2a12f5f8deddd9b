import type { TagsTable } from "../../database/index.ts";

/** Where a tag is on a node that is served by the one above it, whatever versions it has. */
export const pinnedToParent = "parent";

/** Where a tag is, or is to be, on a node: a version's id, `"parent"` for {@link pinnedToParent}, `null` for nowhere. */
export type TagTarget = string | null;

/** Where a row says that a tag is. */
export function targetOf({ version_id: version, pinned }: Pick<TagsTable, "version_id" | "pinned">): TagTarget {
  return pinned === 1 ? pinnedToParent : version;
}

/** The columns of a target. */
export function targetColumns(target: TagTarget): Pick<TagsTable, "version_id" | "pinned"> {
  return target === pinnedToParent ? { version_id: null, pinned: 1 } : { version_id: target, pinned: 0 };
}
