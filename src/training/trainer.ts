import type { Json } from "../core/index.ts";
import type { Columns } from "./columns.ts";

/** A trainer's own settings, by name. */
export type TrainerParameters = Readonly<Record<string, Json>>;

/** What a trainer is given. Tables hold the slots and the label, and nothing else it needs to know of. */
export interface TrainInput {
  readonly train: Columns;
  /** For early stopping and the like; never to be learned from. Metrics on it are computed for every trainer alike. */
  readonly holdout: Columns;
  /** The columns that make up the vector, in the model's order. */
  readonly slots: readonly string[];
  readonly label: string;
  readonly parameters: TrainerParameters;
  /** The only source of randomness: the same input gives the same model. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** What a trainer leaves behind. */
export interface TrainedModel {
  /** The content of `model.json`, which a runtime can load. */
  readonly model: Json;
  /** Metrics of the trainer's own; those on the holdout rows are computed anyway. */
  readonly metrics?: Readonly<Record<string, number | null>>;
  /** How the training went: steps, convergence. */
  readonly report?: Json;
  /** Further files of the package, by name. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
}

/** One node of a hierarchy: the training rows from `start` up to `end`. Parents come before children. */
export interface NodeRange {
  readonly start: number;
  readonly end: number;
  /** The position of the nearest node above it in the list, or -1. */
  readonly parent: number;
}

/** What {@link Trainer.trainNodes} is given: one table, and the ranges to train a model on each. */
export interface TrainNodesInput extends Omit<TrainInput, "holdout"> {
  readonly nodes: readonly NodeRange[];
}

/**
 * What trains a model: a TypeScript object like this, or an outside process (`processTrainer`).
 *
 * @example
 * ```ts
 * const mean: Trainer = {
 *   name: "mean",
 *   version: "1",
 *   async train({ train, slots, label }) {
 *     const labels = train.column(label);
 *     const intercept = labels.reduce((a, b) => a + b, 0) / labels.length;
 *     return { model: { kind: "linear", version: 1, slots, weights: slots.map(() => 0), intercept } };
 *   },
 * };
 * ```
 */
export interface Trainer {
  readonly name: string;
  /** Changes whenever the same input may give another model; recorded with the model. */
  readonly version: string;
  train(input: TrainInput): Promise<TrainedModel>;
  /** A faster way to many models on nested ranges of one table; yields one a node, in their order. */
  trainNodes?(input: TrainNodesInput): AsyncIterable<TrainedModel>;
}
