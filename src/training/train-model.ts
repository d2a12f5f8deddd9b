import { TondoError } from "../core/index.ts";
import { loadRuntime, type Runtime } from "../runtimes/index.ts";
import { checkSignal } from "./check-signal.ts";
import { type Columns, gatherColumns } from "./columns.ts";
import { completeRows, type MissingPolicy } from "./complete-rows.ts";
import { type Evaluation, evaluateScores, scoreRows } from "./evaluate-scores.ts";
import type { TrainedModel, Trainer, TrainInput } from "./trainer.ts";

/** What {@link trainModel} takes. */
export interface TrainModelOptions extends TrainInput {
  readonly trainer: Trainer;
  /** "error" unless given. */
  readonly missing?: MissingPolicy;
}

/** One trained model with what it is worth on the holdout rows. */
export interface TrainModelResult {
  readonly trained: TrainedModel;
  readonly runtime: Runtime;
  /** Rows trained on. */
  readonly rows: number;
  readonly holdout: Evaluation;
  /** Rows left out for missing values, by the policy "drop". */
  readonly dropped: { readonly train: number; readonly holdout: number };
}

/**
 * Trains one model and judges it on the holdout rows.
 *
 * @throws TondoError `TRAINING_ROWS_INCOMPLETE`, `TRAINING_SET_EMPTY`, `ROWS_INVALID`, `ABORTED`; `TRAINER_FAILED` where
 * the trainer throws or its model cannot be loaded or takes other slots.
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainModelResult> {
  const { trainer, slots, label, missing = "error", signal } = options;
  checkSignal(signal);
  const train = prepare(options.train, slots, label, missing, "train");
  const holdout = prepare(options.holdout, slots, label, missing, "holdout");
  if (train.rows === 0) {
    throw new TondoError("TRAINING_SET_EMPTY", "there are no rows to train on", {
      hint: `Of ${String(options.train.rows)} rows all lacked a value.`,
    });
  }
  const input = { train, holdout, slots, label, parameters: options.parameters, seed: options.seed };
  let trained: TrainedModel;
  try {
    trained = await trainer.train({ ...input, ...(signal && { signal }) });
  } catch (cause) {
    throw asTrainerError(trainer, cause);
  }
  const runtime = loadTrained(trainer, trained, slots);
  return {
    trained,
    runtime,
    rows: train.rows,
    holdout: evaluateScores(runtime.output, holdout.column(label), scoreRows(runtime, holdout)),
    dropped: { train: options.train.rows - train.rows, holdout: options.holdout.rows - holdout.rows },
  };
}

function prepare(
  columns: Columns,
  slots: readonly string[],
  label: string,
  missing: MissingPolicy,
  where: string,
): Columns {
  return gatherColumns(columns, [...slots, label], completeRows(columns, slots, label, missing, where));
}

/** A coded error for whatever a trainer threw. */
export function asTrainerError(trainer: Trainer, cause: unknown): TondoError {
  if (cause instanceof TondoError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  return new TondoError("TRAINER_FAILED", `the trainer ${trainer.name} threw: ${said}`, {
    cause,
    hint: "The cause has the trainer's own stack.",
  });
}

/** @throws TondoError `TRAINER_FAILED` where the model cannot be loaded or takes slots that it was not given. */
export function loadTrained(trainer: Trainer, trained: TrainedModel, slots: readonly string[]): Runtime {
  let runtime: Runtime;
  try {
    runtime = loadRuntime(trained.model);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new TondoError("TRAINER_FAILED", `the trainer ${trainer.name} left no usable model: ${said}`, {
      cause,
      hint: "Its model must have the form that a runtime of its kind loads.",
    });
  }
  const unknown = runtime.slots.find((slot) => !slots.includes(slot));
  if (unknown !== undefined) {
    throw new TondoError("TRAINER_FAILED", `the trainer ${trainer.name} left a model with the slot "${unknown}"`, {
      hint: `The slots it was given are ${slots.join(", ")}.`,
    });
  }
  return runtime;
}
