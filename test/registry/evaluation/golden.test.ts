import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluateBinary, evaluateRegression, type Metric } from "../../../src/registry/evaluation/index.ts";

interface Case {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly weights: readonly number[] | null;
  readonly metrics: Readonly<Record<string, number | null>>;
}

function read(name: string): readonly Case[] {
  const text = readFileSync(new URL(`../../golden/metrics/${name}.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly cases: readonly Case[] }).cases;
}

type Evaluate = (l: readonly number[], s: readonly number[], w?: readonly number[]) => Readonly<Record<string, Metric>>;

function reversed(xs: readonly number[] | null): readonly number[] | undefined {
  return xs === null ? undefined : xs.toReversed();
}

describe.each<[string, Evaluate]>([
  ["regression", evaluateRegression],
  ["binary", evaluateBinary],
])("%s metrics", (name, evaluate) => {
  const cases = read(name);

  it("equal scikit-learn's to 1e-12", () => {
    expect(cases.length).toBeGreaterThanOrEqual(100);
    cases.forEach(({ labels, scores, weights, metrics }, k) => {
      const ours = evaluate(labels, scores, weights ?? undefined);
      expect(Object.keys(ours)).toStrictEqual(Object.keys(metrics));
      for (const [key, theirs] of Object.entries(metrics)) {
        const value = ours[key]?.value;
        if (theirs === null) expect(value, `${key} of case ${String(k)}`).toBeNull();
        else {
          // 1 - x leaves the absolute error of x in R2; the others are compared relative to their size.
          const size = key === "r2" ? Math.max(1, Math.abs(theirs)) : Math.abs(theirs);
          expect(Math.abs((value ?? NaN) - theirs), `${key} of case ${String(k)}`).toBeLessThanOrEqual(1e-12 * size);
        }
      }
    });
  });

  it("do not depend on the order of rows, to the bit", () => {
    for (const { labels, scores, weights } of cases) {
      const ours = evaluate(labels, scores, weights ?? undefined);
      expect(evaluate(labels.toReversed(), scores.toReversed(), reversed(weights))).toStrictEqual(ours);
    }
  });
});
