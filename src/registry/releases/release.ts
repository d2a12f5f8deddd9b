import type { Micros } from "../../core/index.ts";
import type { ReleasesTable } from "../../database/index.ts";
import type { PartitionPath } from "../partition-path.ts";
import type { TagTarget } from "../tags/tag-target.ts";

/** A set of versions for all nodes of a model, that is promoted and taken back as one; immutable. */
export interface Release {
  /** UUID v7. */
  readonly id: string;
  readonly model: string;
  /** 1, 2, 3 ... for each model, for people. */
  readonly number: number;
  readonly description: string;
  /** The release that it was made from. */
  readonly baseId: string | null;
  /** SHA-256 of its nodes and their versions. */
  readonly digest: string;
  /** How many nodes it has. */
  readonly nodes: number;
  readonly createdAt: Micros;
  readonly createdBy: string;
}

/** A node of a release. */
export interface ReleaseNode {
  readonly path: PartitionPath;
  /** The version that serves it; `null` where it is pinned to the node above. */
  readonly versionId: string | null;
}

/** What a caller says of a new release. */
export interface NewRelease {
  readonly model: string;
  /** The release whose nodes it shares where `nodes` says nothing else, by id or number; default: none. */
  readonly base?: string | number;
  /** Where each node is: a version's id, `"parent"` for one that the node above serves, `null` for one that the base has and this release has not. */
  readonly nodes: readonly { readonly path: PartitionPath; readonly versionId: TagTarget }[];
  readonly description?: string;
  readonly actor?: string;
}

/** A release that was made, now or before. */
export interface MadeRelease {
  readonly release: Release;
  /** `false` where one with the same nodes was there. */
  readonly created: boolean;
}

/** A node that two releases have otherwise. */
export interface ReleaseDifference {
  readonly path: PartitionPath;
  /** A version's id, `"parent"`, or `null` where that release has not got the node. */
  readonly from: TagTarget;
  readonly to: TagTarget;
}

/** A row as the API shows it. */
export function toRelease(row: ReleasesTable): Release {
  return Object.freeze({
    ...{ id: row.id, model: row.model, number: row.number, description: row.description, baseId: row.base_id },
    ...{ digest: row.content_digest, nodes: row.nodes, createdAt: row.created_at, createdBy: row.created_by },
  });
}
