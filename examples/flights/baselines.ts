import { readSetColumns, type TrainingSet } from "../../src/featurestore/index.ts";
import { evaluateBinary, evaluateRegression } from "../../src/registry/index.ts";

/** What guessing without a model is worth on the holdout rows. */
export interface Baselines {
  /** Always the mean of the training rows. */
  readonly mean: Readonly<Record<string, number | null>>;
  /** The mean of the training rows of the same origin. */
  readonly originMean: Readonly<Record<string, number | null>>;
}

/** Baselines for a number and for a truth value, from the files of a training set. */
export async function baselinesOf(
  set: TrainingSet,
  key: string,
  labels: { readonly number: string; readonly truth: string },
): Promise<{ readonly number: Baselines; readonly truth: Baselines }> {
  const read = (part: "train" | "holdout"): ReturnType<typeof readSetColumns> =>
    readSetColumns({ set, part, numbers: [labels.number, labels.truth], texts: [key] });
  const [train, holdout] = [await read("train"), await read("holdout")];
  const column = (of: Awaited<ReturnType<typeof read>>, name: string): Float64Array =>
    of.numbers.get(name) ?? new Float64Array(0);
  const keys = (of: Awaited<ReturnType<typeof read>>): readonly (string | null)[] => of.texts.get(key) ?? [];
  const guess = (label: string): readonly [Float64Array, Float64Array, Float64Array] => {
    const { overall, byKey } = means(column(train, label), keys(train));
    const actual = column(holdout, label);
    const always = actual.map(() => overall);
    const ofKey = actual.map((_, i) => byKey.get(keys(holdout)[i] ?? null) ?? overall);
    return [actual, always, ofKey];
  };
  const values = (
    metrics: ReturnType<typeof evaluateRegression> | ReturnType<typeof evaluateBinary>,
  ): Record<string, number | null> =>
    Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));
  const [delays, meanDelay, originDelay] = guess(labels.number);
  const [lates, meanLate, originLate] = guess(labels.truth);
  return {
    number: {
      mean: values(evaluateRegression(delays, meanDelay)),
      originMean: values(evaluateRegression(delays, originDelay)),
    },
    truth: { mean: values(evaluateBinary(lates, meanLate)), originMean: values(evaluateBinary(lates, originLate)) },
  };
}

function means(
  values: Float64Array,
  keys: readonly (string | null)[],
): { readonly overall: number; readonly byKey: ReadonlyMap<string | null, number> } {
  const sums = new Map<string | null, { n: number; total: number }>();
  let total = 0;
  for (const [i, value] of values.entries()) {
    const sum = sums.get(keys[i] ?? null) ?? { n: 0, total: 0 };
    sum.n++;
    sum.total += value;
    total += value;
    sums.set(keys[i] ?? null, sum);
  }
  return { overall: total / values.length, byKey: new Map([...sums].map(([key, sum]) => [key, sum.total / sum.n])) };
}
