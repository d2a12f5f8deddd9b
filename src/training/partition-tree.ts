import { compareCodePoints, TondoError } from "../core/index.ts";

/** The value of each row at one level of a hierarchy; `null` where a row belongs to none. */
export type LevelValues = ArrayLike<string | null>;

/** A node of a hierarchy and the rows it holds, as ranges of {@link PartitionTree} orders. */
export interface PartitionNode {
  /** The values from the topmost level down; empty for the node that holds all rows. */
  readonly path: readonly string[];
  /** The name of its level; `global` for the node that holds all rows. */
  readonly level: string;
  /** The position of the node above it, or -1. */
  readonly parent: number;
  readonly start: number;
  readonly end: number;
  readonly holdoutStart: number;
  readonly holdoutEnd: number;
}

/** A table's rows and where in the hierarchy they belong. */
export interface PlacedRows {
  /** For each level, from the top down, the value of each row. */
  readonly levels: readonly LevelValues[];
  /** How many rows the table has. */
  readonly rows: number;
  /** The positions of those to use. */
  readonly kept: Uint32Array;
}

/** Rows sorted so that every node of the hierarchy is a range. */
export interface PartitionTree {
  /** Parents before children, siblings by code point. */
  readonly nodes: readonly PartitionNode[];
  /** The positions of the kept rows to train on, sorted by node; within a node in their old order. */
  readonly order: Uint32Array;
  readonly holdoutOrder: Uint32Array;
}

/** The level of the node that holds all rows. */
export const globalLevel = "global";

interface Branch {
  readonly path: readonly string[];
  readonly id: number;
  readonly children: Map<string, Branch>;
}

/**
 * Sorts rows into a hierarchy. A row without a value at some level belongs to the levels above it alone.
 *
 * @throws TondoError `PARTITION_INVALID` where levels are misnamed or a value is an empty string; `LIMIT_EXCEEDED`
 * where there are more than `maxNodes` nodes.
 */
export function partitionTree(
  levels: readonly string[],
  train: PlacedRows,
  holdout: PlacedRows,
  maxNodes: number,
): PartitionTree {
  checkLevels(levels, train);
  checkLevels(levels, holdout);
  const root: Branch = { path: [], id: 0, children: new Map() };
  const branches = [root];
  const place = (placed: PlacedRows): Uint32Array =>
    placed.kept.map((row) => {
      let at = root;
      for (const level of placed.levels) {
        const value = level[row] ?? null;
        if (value === null) break;
        at = at.children.get(value) ?? grow(at, value, branches, maxNodes);
      }
      return at.id;
    });
  const trainIds = place(train);
  const holdoutIds = place(holdout);
  const { sorted, parents, ends } = preorder(root, branches.length);
  const ranks = new Uint32Array(branches.length);
  sorted.forEach((branch, rank) => (ranks[branch.id] = rank));
  const sortedTrain = countingSort(train.kept, trainIds, ranks);
  const sortedHoldout = countingSort(holdout.kept, holdoutIds, ranks);
  const nodes = sorted.map(({ path }, rank): PartitionNode => {
    const end = ends[rank] ?? 0;
    return Object.freeze({
      path: Object.freeze([...path]),
      level: levels[path.length - 1] ?? globalLevel,
      parent: parents[rank] ?? -1,
      start: sortedTrain.starts[rank] ?? 0,
      end: sortedTrain.starts[end] ?? 0,
      holdoutStart: sortedHoldout.starts[rank] ?? 0,
      holdoutEnd: sortedHoldout.starts[end] ?? 0,
    });
  });
  return { nodes, order: sortedTrain.order, holdoutOrder: sortedHoldout.order };
}

function checkLevels(levels: readonly string[], placed: PlacedRows): void {
  const wrong = (message: string): TondoError =>
    new TondoError("PARTITION_INVALID", message, {
      hint: `Name each level once, not "${globalLevel}", and give a value (or null) a row for each.`,
    });
  if (new Set([globalLevel, "", ...levels]).size !== levels.length + 2) {
    throw wrong(`the levels ${JSON.stringify(levels)} are not distinct names`);
  }
  if (placed.levels.length !== levels.length) {
    throw wrong(`there are values of ${String(placed.levels.length)} levels, not ${String(levels.length)}`);
  }
  placed.levels.forEach((level, i) => {
    if (level.length === placed.rows) return;
    throw wrong(`level "${levels[i] ?? ""}" has values of ${String(level.length)} rows, not ${String(placed.rows)}`);
  });
}

function grow(at: Branch, value: string, branches: Branch[], maxNodes: number): Branch {
  if (value === "") {
    throw new TondoError("PARTITION_INVALID", `a row below "${at.path.join("/")}" has an empty value`, {
      hint: "Give null where a row belongs to no node of a level.",
    });
  }
  if (branches.length >= maxNodes) {
    throw new TondoError("LIMIT_EXCEEDED", `the hierarchy has more than ${String(maxNodes)} nodes`, {
      hint: "Use coarser levels, or raise the limit maxNodes.",
    });
  }
  const branch = { path: [...at.path, value], id: branches.length, children: new Map<string, Branch>() };
  at.children.set(value, branch);
  branches.push(branch);
  return branch;
}

/** Branches in the order of a walk from the root; of each, its parent and the rank after its last descendant. */
function preorder(root: Branch, count: number): { sorted: Branch[]; parents: Int32Array; ends: Uint32Array } {
  const sorted: Branch[] = [];
  const parents = new Int32Array(count);
  const ends = new Uint32Array(count);
  const walk = (branch: Branch, parent: number): void => {
    const rank = sorted.push(branch) - 1;
    parents[rank] = parent;
    for (const [, child] of [...branch.children].sort(([a], [b]) => compareCodePoints(a, b))) walk(child, rank);
    ends[rank] = sorted.length;
  };
  walk(root, -1);
  return { sorted, parents, ends };
}

/** The kept rows sorted by their branch's rank, and where each rank starts (one more at the end). */
function countingSort(
  kept: Uint32Array,
  ids: Uint32Array,
  ranks: Uint32Array,
): { order: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(ranks.length + 1);
  for (const id of ids) {
    const after = (ranks[id] ?? 0) + 1;
    starts[after] = (starts[after] ?? 0) + 1;
  }
  for (let rank = 1; rank < starts.length; rank++) starts[rank] = (starts[rank] ?? 0) + (starts[rank - 1] ?? 0);
  const next = starts.slice();
  const order = new Uint32Array(ids.length);
  ids.forEach((id, i) => {
    const rank = ranks[id] ?? 0;
    const at = next[rank] ?? 0;
    order[at] = kept[i] ?? 0;
    next[rank] = at + 1;
  });
  return { order, starts };
}
