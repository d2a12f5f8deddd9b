import { formatPath, levelOf, type PartitionPath } from "../partition-path.ts";
import type { PartitionNode } from "../partition-nodes.ts";
import type { VersionHead } from "../versions/version.ts";

/** A node below the one that answered, and why it did not. */
export interface SkippedNode {
  readonly path: PartitionPath;
  readonly level: string;
  /**
   * `no_version`: no model was trained for it; `too_few_rows`: there was too little data for one;
   * `no_tag`: it has versions, but none carries the tag; `pinned`: somebody had it be served by the node above.
   */
  readonly reason: "no_version" | "too_few_rows" | "no_tag" | "pinned";
  /** The reason as a sentence. */
  readonly message: string;
  /** With `too_few_rows`: how many there were and how many it takes. */
  readonly rows?: number;
  readonly minRows?: number;
}

/** Which version serves a node, and why. */
export interface Resolution {
  readonly model: string;
  /** `null` where a version was asked for by its id. */
  readonly tag: string | null;
  readonly version: VersionHead;
  /** The level that answered, and its node. */
  readonly level: string;
  readonly path: PartitionPath;
  /** The nodes below it that were asked first, most specific first. */
  readonly skipped: readonly SkippedNode[];
}

/** What is known of a node that does not answer. */
export interface NodeFacts {
  readonly hasVersion: boolean;
  readonly node: PartitionNode | undefined;
  /** Whether the tag is pinned there to the node above. */
  readonly isPinned: boolean;
}

/** Says why a node did not answer. */
export function explainSkipped(
  levels: readonly string[],
  tag: string,
  path: PartitionPath,
  facts: NodeFacts,
): SkippedNode {
  const level = levelOf(levels, path);
  const where = `${level} ${formatPath(path)}`;
  if (facts.isPinned) {
    return Object.freeze({ path, level, reason: "pinned", message: `${tag} on ${where} is pinned to the node above` });
  }
  if (facts.hasVersion) {
    return Object.freeze({ path, level, reason: "no_tag", message: `no version of ${where} is tagged ${tag}` });
  }
  if (facts.node?.state === "too_few_rows") {
    const { rows, minRows } = facts.node;
    const message = `${where} has ${String(rows)} rows, a model needs ${String(minRows)}`;
    return Object.freeze({ path, level, reason: "too_few_rows", message, rows, minRows });
  }
  return Object.freeze({ path, level, reason: "no_version", message: `no model was trained for ${where}` });
}
