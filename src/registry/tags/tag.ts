import type { Micros } from "../../core/index.ts";
import type { TagChangesTable } from "../../database/index.ts";
import { decodePath, type PartitionPath } from "../partition-path.ts";

/** A move that a caller asks for. */
export interface TagMove {
  readonly model: string;
  readonly tag: string;
  /** `[]`, the global node, by default; the version must have been registered for this very node. */
  readonly path?: PartitionPath;
  /** `null` takes the tag away. */
  readonly versionId: string | null;
  /** The version that the tag must be on now for the move to happen, `null` for none; left out, any. */
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
  readonly previousVersionId: string | null;
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
  readonly previousVersionId: string | null;
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
  readonly versionId: string;
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
    previousVersionId: row.previous_version_id,
    actor: row.actor,
    reason: row.reason,
    at: row.at,
    changeId: row.change_id,
  });
}
