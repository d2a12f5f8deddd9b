import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TondoError } from "../../src/core/index.ts";
import {
  columnsOf,
  processTrainer,
  type ProcessTrainerOptions,
  trainModel,
  type TrainModelResult,
} from "../../src/training/index.ts";
import { writeParquet } from "./fixtures/write-parquet.ts";

const script = fileURLToPath(new URL("fixtures/mean-trainer.mjs", import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "process-trainer-test-"));
});

afterEach(async () => {
  expect(await readdir(folder).then((names) => names.filter((name) => name.startsWith("tondo-")))).toStrictEqual([]);
  await rm(folder, { recursive: true });
});

async function train(
  behaviour: string,
  options: Partial<ProcessTrainerOptions> = {},
  signal?: AbortSignal,
): Promise<TrainModelResult> {
  const trainer = processTrainer({
    name: "mean",
    version: "1",
    command: process.execPath,
    args: [script, behaviour],
    writeParquet,
    folder,
    ...options,
  });
  return trainModel({
    trainer,
    train: columnsOf({ distance: Float64Array.of(1, 2, 3), "the delay": Float64Array.of(4, 5, 9) }),
    holdout: columnsOf({ distance: Float64Array.of(1, 2), "the delay": Float64Array.of(4, 6) }),
    slots: ["distance"],
    label: "the delay",
    parameters: { pidFile: join(folder, "pids.json") },
    seed: 1,
    ...(signal && { signal }),
  });
}

async function failure(work: Promise<unknown>): Promise<TondoError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TondoError) return error;
  throw new Error("a TondoError was expected", { cause: error });
}

describe("a trainer in another process", () => {
  it("gets Parquet and parameters, and leaves a model and metrics", async () => {
    const { trained, holdout, runtime } = await train("train");
    expect(trained.model).toMatchObject({ kind: "linear", intercept: 6 });
    expect(trained.metrics).toStrictEqual({ holdout_mean: 5 });
    expect(holdout.metrics["mae"]).toStrictEqual({ value: 1 });
    expect(runtime.score([7])).toBe(6);
  });

  it("sees the environment it is given and no other", async () => {
    const { trained } = await train("environment", { environment: { ONE: "1", TWO: "2" } });
    expect(trained.model).toMatchObject({ intercept: 2 });
  });

  it.each([
    ["fail", /exited with code 3: no forest grows here/],
    ["nothing", /left no readable model.json/],
    ["bad model", /"intercept" is not a finite number/],
    ["no metrics", /left no readable metrics.json/],
    ["bad metrics", /"mean" is neither a number nor null/],
  ])("that does not keep the contract has failed: %s", async (behaviour, message) => {
    const error = await failure(train(behaviour));
    expect(error.code).toBe("TRAINER_FAILED");
    expect(error.message).toMatch(message);
  });

  it("that is not there has failed", async () => {
    const error = await failure(train("train", { command: join(folder, "no-such-program") }));
    expect([error.code, error.message]).toStrictEqual([
      "TRAINER_FAILED",
      expect.stringContaining("could not be started"),
    ]);
  });

  it("is held to its limits", async () => {
    const chatter = await failure(train("chatter", { limits: { maxOutputBytes: 1_000_000 } }));
    expect([chatter.code, chatter.message]).toStrictEqual(["TRAINER_FAILED", expect.stringContaining("1000000 bytes")]);
    const large = await failure(train("train", { limits: { maxFileBytes: 10 } }));
    expect([large.code, large.message]).toStrictEqual([
      "TRAINER_FAILED",
      expect.stringContaining("maxFileBytes is 10"),
    ]);
  });

  it("is killed with its children when its time is over", async () => {
    const error = await failure(train("hang", { limits: { timeoutMs: 3000 } }));
    expect([error.code, error.message]).toStrictEqual([
      "TRAINER_FAILED",
      expect.stringContaining("longer than 3000 ms"),
    ]);
    await expectGone();
  });

  it("is killed with its children when the caller gives the signal", async () => {
    const controller = new AbortController();
    const work = failure(train("hang", {}, controller.signal));
    for (let i = 0; i < 200 && !existsSync(join(folder, "pids.json")); i++) await setTimeout(25);
    await setTimeout(50);
    controller.abort();
    expect((await work).code).toBe("ABORTED");
    await expectGone();
  });
});

async function expectGone(): Promise<void> {
  const pids = JSON.parse(await readFile(join(folder, "pids.json"), "utf8")) as number[];
  expect(pids.length).toBe(2);
  await setTimeout(100);
  for (const pid of pids) expect(await runs(pid)).toBe(false);
}

/** A dead process that nobody waited for still has its number, as a zombie. */
async function runs(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const state = await readFile(`/proc/${String(pid)}/stat`, "utf8").catch(() => "");
  return state !== "" && !/\) [ZX] /.test(state);
}
