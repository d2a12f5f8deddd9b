import { TondoError } from "../core/index.ts";
import type { WeightedModel } from "../runtimes/index.ts";
import { breathe } from "./check-signal.ts";
import { type Columns, sliceColumns } from "./columns.ts";
import { completeRows } from "./complete-rows.ts";
import { readParameters, ridgeParameter } from "./fit-parameters.ts";
import { fitLogistic, type LogisticOptions, type LogisticReport } from "./logistic-regression.ts";
import type { TrainedModel, Trainer, TrainerParameters, TrainInput, TrainNodesInput } from "./trainer.ts";

/**
 * Logistic regression with a ridge: see `fitLogistic`. Labels are 0 and 1. Parameters: `ridge` (1 by default),
 * `maxSteps` (100) and `tolerance` (1e-8).
 */
export const logisticTrainer: Trainer = Object.freeze({
  name: "logistic",
  version: "1",
  async train(input: TrainInput): Promise<TrainedModel> {
    checkRows(input);
    await breathe(input.signal);
    return fit(input.train, input.slots, input.label, optionsOf(input.parameters));
  },
  async *trainNodes(input: TrainNodesInput): AsyncIterable<TrainedModel> {
    checkRows(input);
    const { train, slots, label, nodes, signal } = input;
    const options = optionsOf(input.parameters);
    const fitted: Fitted[] = [];
    for (const { start, end, parent } of nodes) {
      const above = fitted[parent];
      // The same rows give the same model.
      const same = nodes[parent]?.start === start && nodes[parent].end === end ? above : undefined;
      // A ridge makes the best model unique, so that starting near it is safe.
      const near = options.ridge > 0 ? above?.model : undefined;
      const model = same ?? fit(sliceColumns(train, start, end), slots, label, options, near);
      fitted.push(model);
      yield model;
      await breathe(signal);
    }
  },
});

interface Fitted {
  readonly model: WeightedModel;
  readonly report: LogisticReport;
}

function fit(
  train: Columns,
  slots: readonly string[],
  label: string,
  options: LogisticOptions,
  start?: WeightedModel,
): Fitted {
  const columns = slots.map((slot) => train.column(slot));
  return fitLogistic(slots, columns, train.column(label), options, start);
}

function optionsOf(parameters: TrainerParameters): LogisticOptions {
  const expected = {
    ridge: ridgeParameter,
    maxSteps: { default: 100, least: 1, greatest: 10_000 },
    tolerance: { default: 1e-8, least: 1e-15, greatest: 1 },
  };
  return readParameters("logistic", expected, parameters);
}

function checkRows(input: Pick<TrainInput, "train" | "slots" | "label">): void {
  completeRows(input.train, input.slots, input.label, "error", "train");
  const wrong = input.train.column(input.label).findIndex((label) => label !== 0 && label !== 1);
  if (wrong < 0) return;
  const value = String(input.train.column(input.label)[wrong]);
  throw new TondoError("ROWS_INVALID", `label "${input.label}" is ${value} in row ${String(wrong)} of the train rows`, {
    hint: "A logistic regression takes labels of 0 and 1.",
  });
}
