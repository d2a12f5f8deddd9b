import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FittedFunction, fittedFunctions, type Parameters } from "../../../src/dsl/index.ts";

function fit(entry: FittedFunction, values: readonly number[]): Parameters | undefined {
  const made = entry.fit();
  for (let pass = 0; pass < made.passes; pass++) {
    for (const value of values) made.add(value, pass);
    made.endPass(pass);
  }
  return made.parameters();
}

const fill = fittedFunctions.get("fill(mean)");
const zscore = fittedFunctions.get("zscore");
if (fill === undefined || zscore === undefined) throw new Error("gone");
const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 });
const values = fc.array(fc.oneof({ weight: 5, arbitrary: finite }, fc.constant(Number.NaN)), { maxLength: 60 });

describe.each([...fittedFunctions])("%s", (_name, entry) => {
  it("does not depend on the order of rows", () => {
    fc.assert(
      fc.property(values, (list) => {
        expect(fit(entry, list.toReversed())).toEqual(fit(entry, list));
        expect(
          fit(
            entry,
            list.toSorted((a, b) => a - b),
          ),
        ).toEqual(fit(entry, list));
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it("has nothing to say of no values, and of missing ones", () => {
    expect(fit(entry, [])).toBeUndefined();
    expect(fit(entry, [Number.NaN, Number.NaN])).toBeUndefined();
  });

  it("has finite parameters, and gives what is in the language's domain", () => {
    fc.assert(
      fc.property(values, fc.double(), (list, x) => {
        const parameters = fit(entry, list);
        if (parameters === undefined) return;
        for (const value of Object.values(parameters))
          expect(Number.isFinite(value) && !Object.is(value, -0)).toBe(true);
        const given = Number.isFinite(x) ? x + 0 : Number.NaN;
        const result = entry.apply(parameters)(given);
        expect((Number.isFinite(result) || Number.isNaN(result)) && !Object.is(result, -0)).toBe(true);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

describe("fill(mean)", () => {
  it("fills with the mean of those that are there", () => {
    const parameters = fit(fill, [1, Number.NaN, 2, 6]);
    expect(parameters).toEqual({ value: 3 });
    expect(fill.apply(parameters ?? {})(Number.NaN)).toBe(3);
    expect(fill.apply(parameters ?? {})(7)).toBe(7);
  });
});

describe("zscore", () => {
  it("centres and scales as scikit-learn's StandardScaler", () => {
    const parameters = fit(zscore, [2, 4, 4, 4, 5, 5, 7, 9]);
    expect(parameters).toEqual({ mean: 5, sd: 2 });
    expect(zscore.apply(parameters ?? {})(9)).toBe(2);
    expect(zscore.apply(parameters ?? {})(Number.NaN)).toBeNaN();
  });

  it.each([0, 0.1, -0.3, 1e9 + 0.1, 123_456_789.123, 1e-300, -1e15, 2 ** 61])(
    "only centres the constant %d",
    (constant) => {
      for (const n of [1, 2, 3, 7, 10, 1000]) {
        const parameters = fit(zscore, new Array<number>(n).fill(constant));
        expect(parameters).toEqual({ mean: constant, sd: 1 });
        expect(zscore.apply(parameters ?? {})(constant)).toBe(0);
      }
    },
  );

  it.each([1e-12, 1e-6, 1, 1e6, 1e12])("knows the deviation of values about %d in size", (size) => {
    const parameters = fit(
      zscore,
      [1, 2, 3, 4, 5, 6].map((x) => x * size),
    );
    expect((parameters?.["sd"] ?? 0) / size).toBeCloseTo(Math.sqrt(35 / 12), 6);
  });
});
