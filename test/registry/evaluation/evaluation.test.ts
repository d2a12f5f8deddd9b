import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TondoError } from "../../../src/core/index.ts";
import { evaluateBinary, evaluateRegression } from "../../../src/registry/evaluation/index.ts";

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof TondoError) return error.code;
    throw error;
  }
  return "none";
}

describe("metrics", () => {
  it("refuse input they are not defined for", () => {
    const refused = [
      () => evaluateRegression([1, 2], [1]),
      () => evaluateRegression([1, 2], [1, 2], [1]),
      () => evaluateRegression([1, NaN], [1, 2]),
      () => evaluateRegression([1, 2], [1, Infinity]),
      () => evaluateRegression([1, 2], [1, 2], [1, -1]),
      () => evaluateRegression([1, 2], [1, 2], [1, NaN]),
      () => evaluateBinary([0, 2], [0.5, 0.5]),
      () => evaluateBinary([0, 1], [0.5, 1.5]),
      () => evaluateBinary([0, 1], [-0.1, 0.5]),
    ];
    for (const work of refused) expect(codeOf(work)).toBe("METRIC_INPUT_INVALID");
  });

  it("say why they have no value", () => {
    expect(evaluateRegression([], []).rmse).toStrictEqual({ value: null, reason: "there are no rows" });
    expect(evaluateRegression([1], [1]).r2).toStrictEqual({ value: null, reason: "R2 needs two rows" });
    expect(evaluateRegression([1, 2], [1, 2], [0, 0]).mae).toStrictEqual({
      value: null,
      reason: "all weights are zero",
    });
    expect(evaluateRegression([1e200], [-1e200]).rmse.value).toBeNull();
    expect(evaluateBinary([1, 1], [0.2, 0.3]).roc_auc).toStrictEqual({
      value: null,
      reason: "only one class is present",
    });
    expect(evaluateBinary([0, 1], [0.2, 0.3], [1, 0]).roc_auc.value).toBeNull();
    expect(evaluateBinary([], []).log_loss).toStrictEqual({ value: null, reason: "there are no rows" });
  });

  it("take a constant label for constant, even where its mean is rounded", () => {
    for (const rows of [3, 7, 10, 49]) {
      const labels = Array.from({ length: rows }, () => 0.1);
      expect(evaluateRegression(labels, labels).r2).toStrictEqual({ value: 1 });
      expect(evaluateRegression(labels, labels.with(0, 0.2)).r2).toStrictEqual({ value: 0 });
    }
  });

  it("sum exactly where cancelling and size would lose bits", () => {
    // Σ of labels is exactly 3: a plain sum of 1e17, 1, 1, 1, -1e17 is 0.
    const labels = [1e17, 1, 1, 1, -1e17];
    const { mae } = evaluateRegression(labels, [0, 1, 1, 1, 0]);
    expect(mae).toStrictEqual({ value: 4e16 });
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e150, max: 1e150, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (xs) => {
          const zeros = xs.map(() => 0);
          const exact = xs.reduce((sum, x) => sum + rational(Math.abs(x)), 0n);
          expect(evaluateRegression(xs, zeros).mae.value).toBe(toDouble(exact) / xs.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("count pairs for the area under the curve", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1), fc.nat(8)), { minLength: 2, maxLength: 50 }), (rows) => {
        const labels = rows.map(([label]) => label);
        const scores = rows.map(([, score]) => score / 8);
        let pairs = 0;
        let right = 0;
        rows.forEach(([a, x]) => {
          rows.forEach(([b, y]) => {
            if (a !== 1 || b !== 0) return;
            pairs++;
            right += x > y ? 1 : x === y ? 0.5 : 0;
          });
        });
        const expected = pairs === 0 ? null : right / pairs;
        const plain = evaluateBinary(labels, scores).roc_auc.value;
        const weighted = evaluateBinary(
          labels,
          scores,
          labels.map(() => 2),
        ).roc_auc.value;
        if (expected === null) expect([plain, weighted]).toStrictEqual([null, null]);
        else {
          expect(plain).toBeCloseTo(expected, 13);
          expect(weighted).toBeCloseTo(expected, 13);
        }
      }),
    );
  });
});

/** x * 2^1074 as an integer. */
function rational(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const mantissa = bits & ((1n << 52n) - 1n);
  return exponent === 0n ? mantissa : (mantissa | (1n << 52n)) << (exponent - 1n);
}

/** The double nearest to n * 2^-1074, by comparing candidates. */
function toDouble(n: bigint): number {
  if (n === 0n) return 0;
  let low = 0n;
  let high = 0x7fefffffffffffffn;
  const view = new DataView(new ArrayBuffer(8));
  const at = (bits: bigint): number => {
    view.setBigUint64(0, bits);
    return view.getFloat64(0);
  };
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (rational(at(middle)) <= n) low = middle;
    else high = middle - 1n;
  }
  const under = n - rational(at(low));
  const over = rational(at(low + 1n)) - n;
  return at(under < over || (under === over && low % 2n === 0n) ? low : low + 1n);
}
