import { describe, expect, it } from "vitest";
import { TondoError } from "../../src/core/index.ts";
import type { WeightedModel } from "../../src/runtimes/index.ts";
import {
  columnsOf,
  linearTrainer,
  logisticTrainer,
  type TrainedModel,
  type Trainer,
} from "../../src/training/index.ts";

async function train(
  trainer: Trainer,
  columns: Readonly<Record<string, readonly number[]>>,
  parameters = {},
): Promise<TrainedModel & { readonly model: WeightedModel }> {
  const table = columnsOf(Object.fromEntries(Object.entries(columns).map(([n, c]) => [n, Float64Array.from(c)])));
  const slots = table.names.filter((name) => name !== "y");
  const input = { train: table, holdout: table, slots, label: "y", parameters, seed: 1 };
  return (await trainer.train(input)) as TrainedModel & { readonly model: WeightedModel };
}

async function failure(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof TondoError ? `${error.code}: ${error.message}` : "none";
}

describe("built-in trainers", () => {
  it("find a line", async () => {
    const { model } = await train(linearTrainer, { x: [1, 2, 3, 4], y: [5, 7, 9, 11] }, { ridge: 0 });
    expect(model.weights[0]).toBeCloseTo(2, 12);
    expect(model.intercept).toBeCloseTo(3, 12);
  });

  it("never yield NaN from columns that say nothing", async () => {
    const columns = { a: [1, 1, 1, 1], b: [0, 0, 0, 0], c: [1, 2, 3, 4], d: [1, 2, 3, 4], y: [0, 1, 0, 1] };
    for (const ridge of [0, 1]) {
      for (const trainer of [linearTrainer, logisticTrainer]) {
        const { model } = await train(trainer, columns, { ridge });
        const [a, b, c, d] = model.weights;
        expect([a, b]).toStrictEqual([0, 0]);
        expect(c).toBeCloseTo(d ?? NaN, 10);
        expect(Number.isFinite(c) && Number.isFinite(model.intercept)).toBe(true);
      }
    }
    for (const trainer of [linearTrainer, logisticTrainer]) {
      const { model } = await train(trainer, { a: [2], y: [1] });
      expect([model.weights, Number.isFinite(model.intercept)]).toStrictEqual([[0], true]);
    }
  });

  it("say of a single class what little is known", async () => {
    const { model, report } = await train(logisticTrainer, { x: [1, 2, 3], y: [1, 1, 1] });
    expect([model.weights, model.intercept]).toStrictEqual([[0], Math.log(7)]);
    expect(report).toStrictEqual({ converged: true, steps: 0, note: "all labels are the same" });
  });

  it("report that the steps did not suffice, as without a ridge on separable labels", async () => {
    const columns = { x: [1, 2, 3, 4], y: [0, 0, 1, 1] };
    const { model, report } = await train(logisticTrainer, columns, { ridge: 0, maxSteps: 5 });
    expect(report).toStrictEqual({ converged: false, steps: 5 });
    expect(model.weights.every(Number.isFinite)).toBe(true);
    expect((await train(logisticTrainer, columns, { ridge: 1e-6 })).report).toMatchObject({ converged: true });
  });

  it("refuse rows and parameters that are not as they must be", async () => {
    const good = { x: [1, 2, 3], y: [0, 1, 1] };
    for (const trainer of [linearTrainer, logisticTrainer]) {
      expect(await failure(train(trainer, { ...good, x: [1, NaN, NaN] }))).toMatch(
        /TRAINING_ROWS_INCOMPLETE.* x \(2\)/,
      );
      expect(await failure(train(trainer, { ...good, y: [1, 0, NaN] }))).toMatch(/TRAINING_ROWS_INCOMPLETE.* y \(1\)/);
      expect(await failure(train(trainer, { ...good, x: [1, 2, Infinity] }))).toMatch(/ROWS_INVALID.*row 2/);
      expect(await failure(train(trainer, good, { ridge: -1 }))).toMatch(/INVALID_ARGUMENT/);
      expect(await failure(train(trainer, good, { ridge: "much" }))).toMatch(/INVALID_ARGUMENT/);
      expect(await failure(train(trainer, good, { rigde: 1 }))).toMatch(/INVALID_ARGUMENT.*rigde/);
      expect(await failure(train(trainer, { ...good, x: [1e300, -1e300, 1e300] }))).toMatch(/TRAINER_FAILED.*range/);
    }
    expect(await failure(train(logisticTrainer, { ...good, y: [0, 1, 2] }))).toMatch(/ROWS_INVALID.*row 2/);
  });
});
