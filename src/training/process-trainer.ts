import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson, type Json, TondoError } from "../core/index.ts";
import { parseRuntime } from "../runtimes/index.ts";
import type { Columns } from "./columns.ts";
import { runProcess } from "./run-process.ts";
import type { TrainedModel, Trainer, TrainInput } from "./trainer.ts";

/** Writes a table to a Parquet file: a double column each, missing values as NULL. */
export type WriteParquet = (columns: Columns, path: string) => Promise<void>;

/** What {@link processTrainer} takes. */
export interface ProcessTrainerOptions {
  readonly name: string;
  /** Changes whenever the program does; it is recorded with the model. */
  readonly version: string;
  /** A program: a path, or a name on the PATH given in `environment`. It is started without a shell. */
  readonly command: string;
  readonly args?: readonly string[];
  readonly writeParquet: WriteParquet;
  /** The variables the program sees, and no others: nothing of this process's environment is passed on. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its working folder is made; the system's folder for temporary files unless given. */
  readonly folder?: string;
  readonly limits?: Partial<ProcessTrainerLimits>;
}

/** What the program may take. */
export interface ProcessTrainerLimits {
  /** An hour unless given. */
  readonly timeoutMs: number;
  /** Of standard output and error together; 16 MiB unless given. */
  readonly maxOutputBytes: number;
  /** Of `model.json` and of `metrics.json`; 64 MiB unless given. */
  readonly maxFileBytes: number;
}

const defaultLimits: ProcessTrainerLimits = {
  timeoutMs: 3_600_000,
  maxOutputBytes: 16 * 2 ** 20,
  maxFileBytes: 64 * 2 ** 20,
};

/**
 * A trainer that is another program, in any language. It is started in a working folder of its own that holds
 *
 * - `train.parquet` and `holdout.parquet`: the slots and the label, a double column each, NULL where missing;
 * - `parameters.json`: `{"version": 1, "slots": [...], "label": "...", "seed": 1, "parameters": {...}}`,
 *
 * and it must leave there
 *
 * - `model.json`: a model as a runtime loads it, for instance
 *   `{"kind": "linear", "version": 1, "slots": [...], "weights": [...], "intercept": 0}`;
 * - `metrics.json`: an object of numbers (or null) by name, `{}` if it has none,
 *
 * and exit with code 0. The folder is removed afterwards. Errors are `TRAINER_FAILED` with the end of its standard
 * error; on abort or timeout the program is killed with all processes of its group.
 */
export function processTrainer(options: ProcessTrainerOptions): Trainer {
  const { name, version, command, args = [], writeParquet, environment = {}, folder: parent = tmpdir() } = options;
  const limits = { ...defaultLimits, ...options.limits };
  return Object.freeze({
    name,
    version,
    async train(input: TrainInput): Promise<TrainedModel> {
      const folder = await mkdtemp(join(parent, "tondo-trainer-"));
      try {
        await writeParquet(input.train, join(folder, "train.parquet"));
        await writeParquet(input.holdout, join(folder, "holdout.parquet"));
        const { slots, label, seed, parameters } = input;
        await writeFile(join(folder, "parameters.json"), canonicalJson({ version: 1, slots, label, seed, parameters }));
        const signal = input.signal && { signal: input.signal };
        await runProcess({ command, args, folder, environment, ...limits, ...signal });
        const model = await readLeft(folder, "model.json", limits.maxFileBytes);
        const metrics = asMetrics(await readLeft(folder, "metrics.json", limits.maxFileBytes));
        return { model: asModel(model, limits.maxFileBytes), metrics };
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  });
}

function failed(message: string, cause?: unknown): TondoError {
  return new TondoError("TRAINER_FAILED", `the trainer process exited well, but ${message}`, {
    hint: "It must leave model.json and metrics.json in its working folder, as the docs of processTrainer say.",
    cause,
  });
}

async function readLeft(folder: string, name: string, maxBytes: number): Promise<Uint8Array> {
  const path = join(folder, name);
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw failed(`${name} has ${String(size)} bytes; maxFileBytes is ${String(maxBytes)}`);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof TondoError) throw cause;
    throw failed(`left no readable ${name}`, cause);
  }
}

function asModel(bytes: Uint8Array, maxBytes: number): Json {
  try {
    parseRuntime(bytes, { maxBytes });
  } catch (cause) {
    throw failed(cause instanceof Error ? cause.message : "model.json is not a model", cause);
  }
  return JSON.parse(new TextDecoder().decode(bytes)) as Json;
}

function asMetrics(bytes: Uint8Array): Record<string, number | null> {
  let metrics: unknown;
  try {
    metrics = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw failed("metrics.json is not JSON", cause);
  }
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) {
    throw failed("metrics.json is not an object of numbers by name");
  }
  const entries = Object.entries(metrics as Record<string, unknown>).map(([name, value]): [string, number | null] => {
    if (value === null || (typeof value === "number" && Number.isFinite(value))) return [name, value];
    throw failed(`metrics.json: "${name}" is neither a number nor null`);
  });
  return Object.fromEntries(entries);
}
