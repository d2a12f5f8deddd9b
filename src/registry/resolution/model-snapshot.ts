import type { Micros } from "../../core/index.ts";
import { encodePath, levelOf, type PartitionPath } from "../partition-path.ts";
import type { PartitionNode } from "../partition-nodes.ts";
import { tagNotFound } from "../tags/tag-error.ts";
import type { VersionHead } from "../versions/version.ts";
import { explainSkipped, type Resolution, type SkippedNode } from "./resolution.ts";

/** All that resolution needs to know of one model, read at one revision. */
export interface ModelFacts {
  readonly model: string;
  readonly revision: number;
  readonly levels: readonly string[];
  readonly tagged: readonly { readonly tag: string; readonly version: VersionHead }[];
  /** Where tags are pinned to the node above. */
  readonly pinned: readonly { readonly tag: string; readonly path: PartitionPath }[];
  /** The nodes that have versions. */
  readonly trained: readonly PartitionPath[];
  readonly nodes: readonly PartitionNode[];
  readonly loadedAt: Micros;
}

/** One node of the tree of a snapshot. */
interface TreeNode {
  readonly path: PartitionPath;
  readonly parent: TreeNode | undefined;
  readonly children: Map<string, TreeNode>;
  readonly tagged: Map<string, VersionHead>;
  /** The tags that are pinned here. */
  readonly pinned: Set<string>;
  /** Answers that were worked out once. */
  readonly answers: Map<string, Resolution>;
  hasVersion: boolean;
  node: PartitionNode | undefined;
}

/**
 * A model's tags as they were at one revision, in memory: a look-up walks the path once and allocates nothing where
 * the node is known. Immutable to those who use it.
 */
export class ModelSnapshot {
  readonly model: string;
  readonly revision: number;
  readonly levels: readonly string[];
  /** By the registry's clock. */
  readonly loadedAt: Micros;
  readonly #root: TreeNode = treeNode([], undefined);

  constructor(facts: ModelFacts) {
    this.model = facts.model;
    this.revision = facts.revision;
    this.levels = facts.levels;
    this.loadedAt = facts.loadedAt;
    for (const { tag, version } of facts.tagged) this.#grow(version.path).tagged.set(tag, version);
    for (const { tag, path } of facts.pinned) this.#grow(path).pinned.add(tag);
    for (const path of facts.trained) this.#grow(path).hasVersion = true;
    for (const node of facts.nodes) this.#grow(node.path).node = node;
  }

  /**
   * The version that a tag means on a node; see `resolve`.
   * @throws TondoError `TAG_NOT_FOUND`, `PARTITION_INVALID`
   */
  resolve(tag: string, path: PartitionPath = []): Resolution {
    let node = this.#root;
    for (const name of path) {
      const child = node.children.get(name);
      if (child === undefined) return this.#unknown(tag, path, node);
      node = child;
    }
    return node.answers.get(tag) ?? this.#answer(tag, path, node);
  }

  /** A known node's answer, kept for the next time. Tags that do not exist are not kept: anything can be asked for. */
  #answer(tag: string, path: PartitionPath, node: TreeNode): Resolution {
    const found = this.#climb(tag, path, node, []);
    node.answers.set(tag, found);
    return found;
  }

  /** A node that nothing is known of: its known ancestor answers. */
  #unknown(tag: string, path: PartitionPath, known: TreeNode): Resolution {
    encodePath(path);
    levelOf(this.levels, path);
    const skipped: SkippedNode[] = [];
    for (let depth = path.length; depth > known.path.length; depth--) {
      const nothing = { hasVersion: false, node: undefined, isPinned: false };
      skipped.push(explainSkipped(this.levels, tag, path.slice(0, depth), nothing));
    }
    return this.#climb(tag, path, known, skipped);
  }

  #climb(tag: string, path: PartitionPath, from: TreeNode, skipped: SkippedNode[]): Resolution {
    for (let node: TreeNode | undefined = from; node !== undefined; node = node.parent) {
      const version = node.tagged.get(tag);
      if (version !== undefined) {
        const level = levelOf(this.levels, node.path);
        return Object.freeze({
          model: this.model,
          tag,
          version,
          level,
          path: node.path,
          skipped: Object.freeze(skipped),
        });
      }
      const { hasVersion, node: recorded } = node;
      const facts = { hasVersion, node: recorded, isPinned: node.pinned.has(tag) };
      skipped.push(explainSkipped(this.levels, tag, node.path, facts));
    }
    throw tagNotFound(this.model, tag, path, this.#tagNames(), { skipped });
  }

  #tagNames(): readonly string[] {
    const names = new Set<string>();
    const visit = (node: TreeNode): void => {
      for (const tag of node.tagged.keys()) names.add(tag);
      for (const child of node.children.values()) visit(child);
    };
    visit(this.#root);
    return [...names].sort().slice(0, 20);
  }

  #grow(path: PartitionPath): TreeNode {
    let node = this.#root;
    for (const name of path) {
      let child = node.children.get(name);
      if (child === undefined) {
        child = treeNode([...node.path, name], node);
        node.children.set(name, child);
      }
      node = child;
    }
    return node;
  }
}

function treeNode(path: PartitionPath, parent: TreeNode | undefined): TreeNode {
  const maps = { children: new Map(), tagged: new Map(), pinned: new Set<string>(), answers: new Map() };
  return { path: Object.freeze(path), parent, ...maps, hasVersion: false, node: undefined };
}
