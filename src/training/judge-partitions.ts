import type { Runtime } from "../runtimes/index.ts";
import { type Evaluation, evaluateScores } from "./evaluate-scores.ts";
import { globalLevel, type PartitionNode } from "./partition-tree.ts";
import type { TrainedModel } from "./trainer.ts";

/** What the nearest node above that has a model would answer for this node's holdout rows. */
export interface Fallback {
  readonly path: readonly string[];
  readonly level: string;
  readonly holdout: Evaluation;
}

/** One node of the hierarchy: its counts, and its model where it had rows enough. */
export type PartitionResult = {
  readonly path: readonly string[];
  readonly level: string;
  readonly rows: number;
  readonly holdoutRows: number;
  /** `null` where no node above has a model. */
  readonly fallback: Fallback | null;
} & (
  | { readonly state: "too_few_rows" }
  | { readonly state: "trained"; readonly trained: TrainedModel; readonly holdout: Evaluation }
);

/** What the models of a hierarchy are worth together. */
export interface ResolvedScores {
  /** `null` where no node has a model. */
  readonly holdout: Evaluation | null;
  /** Holdout rows answered at each level that answers any. */
  readonly rowsByLevel: Readonly<Record<string, number>>;
  /** The score of each row of `holdout.columns`, in its order; NaN where none was given. */
  readonly scores: Float64Array;
}

/** A node's model, with its scores of the node's holdout rows, which begin at `offset`. */
export interface NodeModel {
  readonly trained: TrainedModel;
  readonly output: Runtime["output"];
  readonly scores: Float64Array;
  readonly offset: number;
}

/** Each node's result: what its model, and the nearest above, are worth on its holdout rows. */
export function judge(
  nodes: readonly PartitionNode[],
  models: ReadonlyMap<number, NodeModel>,
  labels: Float64Array,
): PartitionResult[] {
  const evaluate = (model: NodeModel, node: PartitionNode): Evaluation => {
    const { holdoutStart: start, holdoutEnd: end } = node;
    const scores = model.scores.subarray(start - model.offset, end - model.offset);
    return evaluateScores(model.output, labels.subarray(start, end), scores);
  };
  return nodes.map((node, i): PartitionResult => {
    const above = nearestModel(nodes, models, node.parent);
    const by = nodes[above];
    const upper = models.get(above);
    const fallback = by && upper ? { path: by.path, level: by.level, holdout: evaluate(upper, node) } : null;
    const { path, level } = node;
    const counts = { rows: node.end - node.start, holdoutRows: node.holdoutEnd - node.holdoutStart };
    const model = models.get(i);
    if (model === undefined) return { path, level, ...counts, fallback, state: "too_few_rows" };
    return {
      path,
      level,
      ...counts,
      fallback,
      state: "trained",
      trained: model.trained,
      holdout: evaluate(model, node),
    };
  });
}

/** The position of the node itself or the nearest above it that has a model, or -1. */
function nearestModel(nodes: readonly PartitionNode[], models: ReadonlyMap<number, NodeModel>, from: number): number {
  let at = from;
  while (at >= 0 && !models.has(at)) at = nodes[at]?.parent ?? -1;
  return at;
}

/** Scores each holdout row by the most specific model: children come after parents and overwrite them. */
export function resolve(
  nodes: readonly PartitionNode[],
  models: ReadonlyMap<number, NodeModel>,
  labels: Float64Array,
  order: Uint32Array,
  rows: number,
): ResolvedScores {
  const scores = new Float64Array(labels.length).fill(NaN);
  const by = new Array<string>(labels.length).fill(globalLevel);
  for (const [i, model] of models) {
    scores.set(model.scores, model.offset);
    by.fill(nodes[i]?.level ?? globalLevel, model.offset, model.offset + model.scores.length);
  }
  const rowsByLevel: Record<string, number> = {};
  const original = new Float64Array(rows).fill(NaN);
  order.forEach((row, i) => {
    original[row] = scores[i] ?? NaN;
    const level = by[i] ?? globalLevel;
    if (models.size > 0) rowsByLevel[level] = (rowsByLevel[level] ?? 0) + 1;
  });
  const output = models.values().next().value?.output;
  return {
    holdout: output === undefined ? null : evaluateScores(output, labels, scores),
    rowsByLevel,
    scores: original,
  };
}
