import { breathe, checkSignal } from "./check-signal.ts";
import { completeRows } from "./complete-rows.ts";
import type { Columns } from "./columns.ts";
import { readParameters, ridgeParameter } from "./fit-parameters.ts";
import { fitLinear, linearModels } from "./linear-regression.ts";
import { rangeMoments } from "./range-moments.ts";
import type { TrainedModel, Trainer, TrainerParameters, TrainInput, TrainNodesInput } from "./trainer.ts";

/** Linear regression with a ridge: see `fitLinear`. Its one parameter is `ridge`, 1 by default. */
export const linearTrainer: Trainer = Object.freeze({
  name: "linear",
  version: "1",
  async train({ train, slots, label, parameters, signal }: TrainInput): Promise<TrainedModel> {
    await breathe(signal);
    const moments = rangeMoments(complete(train, slots, label), 0, train.rows);
    return { model: fitLinear(slots, moments, ridgeOf(parameters)) };
  },
  async *trainNodes({ train, slots, label, parameters, nodes, signal }: TrainNodesInput): AsyncIterable<TrainedModel> {
    checkSignal(signal);
    for (const model of linearModels(slots, complete(train, slots, label), nodes, ridgeOf(parameters))) {
      yield { model };
      await breathe(signal);
    }
  },
});

function ridgeOf(parameters: TrainerParameters): number {
  return readParameters("linear", { ridge: ridgeParameter }, parameters).ridge;
}

function complete(train: Columns, slots: readonly string[], label: string): Float64Array[] {
  completeRows(train, slots, label, "error", "train");
  return [...slots, label].map((name) => train.column(name));
}
