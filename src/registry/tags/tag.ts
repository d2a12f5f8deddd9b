import type { Micros } from "../../core/index.ts";
import type { TagChangesTable } from "../../database/index.ts";
import { decodePath, type PartitionPath } from "../partition-path.ts";

/** A move that a caller asks for. */
export interface TagMove {
  readonly model: string;
  readonly tag: string;
  /** `[]`, the global node, by default; the version must have been registered for this very node. */
  readonly path?: PartitionPath;
  /** `null` takes the tag away; `"parent"` pins the node to what serves the one above it, whatever versions it has. */
  readonly versionId: string | null;
  /** The version that the tag must be on now for the move to happen, `null` for none, `"parent"` for pinned; left out, any. */
  readonly expected?: string | null;
  /** The registry's own actor by default. */
  readonly actor?: string;
  readonly reason?: string;
}

/** A tag after a call that was to move it. */
export interface MovedTag {
  readonly model: string;
  readonly tag: string;
  readonly path: PartitionPath;
  readonly versionId: string | null;
  /** Whether the node is served by the one above it. */
  readonly pinned: boolean;
  readonly previousVersionId: string | null;
  readonly previousPinned: boolean;
  /** The number of its last log entry; 0 for a tag that never was. */
  readonly seq: number;
  /** `false` where it was there already: nothing was logged. */
  readonly changed: boolean;
}

/** An entry of the log. */
export interface TagChange {
  readonly model: string;
  readonly tag: string;
  readonly path: PartitionPath;
  /** 1, 2, 3 ... for each model, tag and path, without gaps. */
  readonly seq: number;
  readonly versionId: string | null;
  /** Whether the node was served by the one above it from then on. */
  readonly pinned: boolean;
  readonly previousVersionId: string | null;
  readonly previousPinned: boolean;
  readonly actor: string;
  readonly reason: string;
  /** Never before the entry before, whatever the clock does. */
  readonly at: Micros;
  /** Shared by the moves that happened as one. */
  readonly changeId: string;
}

/** Where a tag is. */
export interface TagState {
  readonly tag: string;
  readonly path: PartitionPath;
  /** `null` where the node is pinned to the one above it. */
  readonly versionId: string | null;
  readonly pinned: boolean;
  readonly seq: number;
}

/** A row as the API shows it. */
export function toTagChange(row: TagChangesTable): TagChange {
  return Object.freeze({
    model: row.model,
    tag: row.tag,
    path: decodePath(row.path),
    seq: row.seq,
    versionId: row.version_id,
    pinned: row.pinned === 1,
    previousVersionId: row.previous_version_id,
    previousPinned: row.previous_pinned === 1,
    actor: row.actor,
    reason: row.reason,
    at: row.at,
    changeId: row.change_id,
  });
}
