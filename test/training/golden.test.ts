import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadRuntime, type WeightedModel } from "../../src/runtimes/index.ts";
import { columnsOf, linearTrainer, logisticTrainer } from "../../src/training/index.ts";

interface Case {
  readonly name: string;
  readonly ridge: number;
  readonly columns: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly weights: readonly number[];
  readonly intercept: number;
}

function read(kind: string): readonly Case[] {
  const text = readFileSync(new URL(`../golden/training/${kind}.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly cases: readonly Case[] }).cases;
}

describe.each([linearTrainer, logisticTrainer])("$name regression", (trainer) => {
  it.each(read(trainer.name))("has scikit-learn's coefficients: $name, ridge $ridge", async (golden) => {
    const slots = golden.columns.map((_, j) => `x${String(j)}`);
    const columns = new Map(golden.columns.map((column, j) => [`x${String(j)}`, Float64Array.from(column)]));
    const train = columnsOf({ ...Object.fromEntries<Float64Array>(columns), y: Float64Array.from(golden.labels) });
    const parameters = { ridge: golden.ridge };
    const trained = await trainer.train({ train, holdout: train, slots, label: "y", parameters, seed: 1 });
    const model = trained.model as unknown as WeightedModel;
    expect(loadRuntime(model).slots).toStrictEqual(slots);
    golden.weights.forEach((weight, j) => {
      // A constant column weighs nothing, where scikit-learn leaves a rounding error.
      expect(Math.abs((model.weights[j] ?? NaN) - weight)).toBeLessThanOrEqual(1e-6 * Math.abs(weight) + 1e-14);
    });
    expect(Math.abs(model.intercept - golden.intercept)).toBeLessThanOrEqual(
      1e-6 * Math.max(1, Math.abs(golden.intercept)),
    );
    if (trained.report !== undefined) expect(trained.report).toMatchObject({ converged: true });
  });
});
