import { describe, expect, it } from "vitest";
import { defineFunction, functionLibrary, type VectorPlan } from "../../src/dsl/index.ts";
import { modelSealer, type TrainedModel } from "../../src/training/index.ts";
import { compileText } from "../dsl/check-one.ts";

const calls = { n: 0 };
const squash = defineFunction({
  name: "squash",
  version: 1,
  takes: { km: "float" },
  returns: "float",
  compute: ({ km }) => {
    calls.n++;
    return Math.tanh(km);
  },
});
const functions = functionLibrary([squash]);
const text = `entity shop (shop: string)
events orders { parquet "o.parquet" columns (shop: string, at: timestamp) at at }
group shop:own from orders by shop { n_1d = count() over 1d }
vector v {
  key shop: shop
  input km: float
  n = @shop:own:n_1d
  k = squash(km)
}
`;
const model = (weight: number): TrainedModel => ({
  model: { kind: "linear", version: 1, slots: ["k", "n"], weights: [weight, 1], intercept: 0.5 },
});

describe("a sealer", () => {
  const vector = compileText(text, "v.tondo", [squash]).plan?.vectors[0] as VectorPlan;

  it("packs each model of a training as alone, and computes what they share once", () => {
    calls.n = 0;
    const seal = modelSealer(vector, {}, functions);
    const computed = calls.n;
    expect(computed).toBeGreaterThan(0);
    const sealed = [1, 2, 1].map((weight) => seal(model(weight)));
    expect(calls.n).toBe(computed);
    expect(sealed).toEqual([1, 2, 1].map((weight) => modelSealer(vector, {}, functions)(model(weight))));
    expect(sealed[0]).not.toEqual(sealed[1]);
  });
});
