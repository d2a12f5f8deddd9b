import { type Progress, silentProgress, TondoError } from "../core/index.ts";
import { breathe, checkSignal } from "./check-signal.ts";
import { type Columns, gatherColumns, sliceColumns } from "./columns.ts";
import { completeRows, type MissingPolicy } from "./complete-rows.ts";
import { scoreRows } from "./evaluate-scores.ts";
import { judge, type NodeModel, type PartitionResult, resolve, type ResolvedScores } from "./judge-partitions.ts";
import { type LevelValues, type PartitionNode, partitionTree, type PlacedRows } from "./partition-tree.ts";
import { asTrainerError, loadTrained } from "./train-model.ts";
import type { NodeRange, TrainedModel, Trainer, TrainerParameters } from "./trainer.ts";

/** Rows with their place in the hierarchy. */
export interface PartitionedRows {
  readonly columns: Columns;
  /** For each level, from the top down, the value of each row. */
  readonly levels: readonly LevelValues[];
}

/** What {@link trainPartitioned} takes. */
export interface TrainPartitionedOptions {
  readonly trainer: Trainer;
  readonly train: PartitionedRows;
  readonly holdout: PartitionedRows;
  /** Names of the levels from the top down, without the global one: `["country", "state", "city"]`. */
  readonly levels: readonly string[];
  /** A node with fewer rows to train on gets no model. */
  readonly minRows: number;
  readonly slots: readonly string[];
  readonly label: string;
  readonly parameters?: TrainerParameters;
  readonly seed?: number;
  /** "error" unless given. */
  readonly missing?: MissingPolicy;
  /** Nodes of the hierarchy; 100,000 unless given. */
  readonly maxNodes?: number;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** What {@link trainPartitioned} gives. */
export interface TrainPartitionedResult {
  /** Every node with a row to train on or hold out; parents before children, siblings by code point. */
  readonly nodes: readonly PartitionResult[];
  /** What the models are worth together: each holdout row answered by the most specific of its nodes with a model. */
  readonly resolved: ResolvedScores;
  /** Rows left out for missing values, by the policy "drop". */
  readonly dropped: { readonly train: number; readonly holdout: number };
}

/**
 * Trains one model for each node of a hierarchy that has at least `minRows` rows, the global node included, and judges
 * each on the holdout rows of its own node. Nodes with too few are recorded with their count. The order of siblings and
 * levels is fixed, so the same input gives the same models to the bit.
 *
 * @throws TondoError as `trainModel` does; `PARTITION_INVALID` and `LIMIT_EXCEEDED` for the hierarchy.
 * @example
 * ```ts
 * const { nodes, resolved } = await trainPartitioned({
 *   trainer: linearTrainer, train, holdout, levels: ["country", "state", "city"], minRows: 500,
 *   slots: ["distance", "hour"], label: "delay",
 * });
 * ```
 */
export async function trainPartitioned(options: TrainPartitionedOptions): Promise<TrainPartitionedResult> {
  const { slots, label, levels, missing = "error", signal, progress = silentProgress, maxNodes = 100_000 } = options;
  checkSignal(signal);
  if (!(Number.isSafeInteger(options.minRows) && options.minRows >= 1)) {
    throw new TondoError("INVALID_ARGUMENT", `minRows is ${String(options.minRows)}`, { hint: "Give a whole number." });
  }
  const trainKept = completeRows(options.train.columns, slots, label, missing, "train");
  const holdoutKept = completeRows(options.holdout.columns, slots, label, missing, "holdout");
  if (trainKept.length === 0) {
    throw new TondoError("TRAINING_SET_EMPTY", "there are no rows to train on", {
      hint: `Of ${String(options.train.columns.rows)} rows all lacked a value.`,
    });
  }
  const place = ({ columns, levels: values }: PartitionedRows, kept: Uint32Array): PlacedRows => {
    return { levels: values, rows: columns.rows, kept };
  };
  const tree = partitionTree(levels, place(options.train, trainKept), place(options.holdout, holdoutKept), maxNodes);
  const names = [...slots, label];
  const train = gatherColumns(options.train.columns, names, tree.order);
  const holdout = gatherColumns(options.holdout.columns, names, tree.holdoutOrder);
  const chosen = tree.nodes.flatMap((node, i) => (node.end - node.start >= options.minRows ? [i] : []));
  progress.start(`train ${options.trainer.name}`, chosen.length);
  const models = new Map<number, NodeModel>();
  for await (const trained of trainEach(options, tree.nodes, chosen, train, holdout)) {
    const i = chosen[models.size];
    if (i === undefined) throw wrongModels(`more models than the ${String(chosen.length)} nodes`);
    const runtime = loadTrained(options.trainer, trained, slots);
    const { holdoutStart = 0, holdoutEnd = 0 } = tree.nodes[i] ?? {};
    const scores = scoreRows(runtime, sliceColumns(holdout, holdoutStart, holdoutEnd));
    const first = models.values().next().value?.output ?? runtime.output;
    if (first !== runtime.output) throw wrongModels(`models whose scores are a ${first} and a ${runtime.output}`);
    models.set(i, { trained, output: runtime.output, scores, offset: holdoutStart });
    progress.update(models.size);
  }
  if (models.size !== chosen.length) {
    throw wrongModels(`${String(models.size)} models for ${String(chosen.length)} nodes`);
  }
  const small = tree.nodes.length - models.size;
  progress.finish(
    `${String(models.size)} ${models.size === 1 ? "model" : "models"}, ` +
      `${String(small)} ${small === 1 ? "node" : "nodes"} with too few rows`,
  );
  const dropped = {
    train: options.train.columns.rows - trainKept.length,
    holdout: options.holdout.columns.rows - holdoutKept.length,
  };
  const resolved = resolve(tree.nodes, models, holdout.column(label), tree.holdoutOrder, options.holdout.columns.rows);
  return { nodes: judge(tree.nodes, models, holdout.column(label)), resolved, dropped };
}

function wrongModels(what: string): TondoError {
  return new TondoError("TRAINER_FAILED", `the trainer gave ${what}`, {
    hint: "trainNodes yields one model a node, in their order, all of one kind.",
  });
}

/** One model a chosen node, by the trainer's fast path if it has one. */
async function* trainEach(
  options: TrainPartitionedOptions,
  nodes: readonly PartitionNode[],
  chosen: readonly number[],
  train: Columns,
  holdout: Columns,
): AsyncGenerator<TrainedModel> {
  const { trainer, slots, label, parameters = {}, seed = 0, signal } = options;
  const common = { slots, label, parameters, seed, ...(signal && { signal }) };
  try {
    if (trainer.trainNodes !== undefined) {
      // A node with rows enough has a parent with rows enough.
      const positions = new Map(chosen.map((i, position) => [i, position]));
      const ranges = chosen.map((i): NodeRange => {
        const { start = 0, end = 0, parent = -1 } = nodes[i] ?? {};
        return { start, end, parent: positions.get(parent) ?? -1 };
      });
      yield* trainer.trainNodes({ ...common, train, nodes: ranges });
      return;
    }
    const known = new Map<string, TrainedModel>();
    for (const i of chosen) {
      const { start = 0, end = 0, holdoutStart = 0, holdoutEnd = 0 } = nodes[i] ?? {};
      const input = {
        ...common,
        train: sliceColumns(train, start, end),
        holdout: sliceColumns(holdout, holdoutStart, holdoutEnd),
      };
      // The same input gives the same model: a parent's only child need not be trained again.
      const rows = [start, end, holdoutStart, holdoutEnd].join();
      const trained = known.get(rows) ?? (await trainer.train(input));
      known.set(rows, trained);
      yield trained;
      await breathe(signal);
    }
  } catch (cause) {
    throw asTrainerError(trainer, cause);
  }
}
