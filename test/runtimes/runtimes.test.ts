import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TondoError } from "../../src/core/index.ts";
import { loadRuntime, parseRuntime } from "../../src/runtimes/index.ts";

const linear = { kind: "linear", version: 1, slots: ["a", "b"], weights: [2, -1], intercept: 0.5 };
const logistic = { ...linear, kind: "logistic" };

function failure(work: () => unknown): [string, string] {
  try {
    work();
  } catch (error) {
    if (error instanceof TondoError) return [error.code, error.message];
    throw error;
  }
  return ["none", ""];
}

describe("a runtime", () => {
  it("scores a vector", () => {
    const runtime = loadRuntime(linear);
    expect([runtime.kind, runtime.output, runtime.slots]).toStrictEqual(["linear", "number", ["a", "b"]]);
    expect(runtime.score([3, 1])).toBe(5.5);
    expect(loadRuntime(logistic).score([0.25, 1])).toBe(0.5);
    expect(loadRuntime(logistic).score(Float64Array.of(1000, 0))).toBe(1);
    expect(loadRuntime(logistic).score(Float64Array.of(-1000, 0))).toBe(0);
    expect(loadRuntime({ ...linear, slots: [], weights: [], intercept: 7 }).score([])).toBe(7);
  });

  it("gives no score for a missing slot, another length or what leaves the range of doubles", () => {
    for (const model of [linear, { ...linear, weights: [0, 0] }, logistic]) {
      const runtime = loadRuntime(model);
      for (const values of [[NaN, 1], [1], [1, 2, 3], [Infinity, 1]]) expect(runtime.score(values)).toBeNull();
      expect(
        [
          ...runtime.scoreMany(
            [
              [1, NaN],
              [1, 1],
            ],
            2,
          ),
        ].map(Number.isNaN),
      ).toStrictEqual([false, true]);
      expect([...runtime.scoreMany([[1]], 1)]).toStrictEqual([NaN]);
    }
    expect(loadRuntime({ ...linear, weights: [1e308, 1e308] }).score([1, 1])).toBeNull();
    expect(loadRuntime({ ...linear, weights: [0, 0], intercept: -0 }).score([0, 0])).toBe(0);
  });

  it("scores many rows to the same bits as one by one", () => {
    const value = fc.oneof({ weight: 9, arbitrary: fc.double({ noNaN: true, min: -1e9, max: 1e9 }) }, fc.constant(NaN));
    const weight = fc.double({ noNaN: true, min: -1e3, max: 1e3 });
    fc.assert(
      fc.property(
        fc.constantFrom("linear", "logistic"),
        fc.array(weight, { minLength: 5, maxLength: 5 }),
        fc.array(fc.array(value, { minLength: 5, maxLength: 5 }), { maxLength: 10 }),
        (kind, weights, rows) => {
          const runtime = loadRuntime({ ...linear, kind, slots: ["a", "b", "c", "d", "e"], weights });
          const columns = weights.map((_, j) => Float64Array.from(rows, (row) => row[j] ?? NaN));
          const many = [...runtime.scoreMany(columns, rows.length)];
          const single = rows.map((row) => runtime.score(row) ?? NaN);
          many.forEach((score, i) => {
            expect(Object.is(score, single[i])).toBe(true);
          });
        },
      ),
    );
  });
});

describe("a model file", () => {
  it.each<[unknown, string]>([
    [null, "not a JSON object"],
    [[], "not a JSON object"],
    [{}, "kind undefined"],
    [{ ...linear, kind: "forest" }, 'kind "forest" is not one of linear, logistic'],
    [{ ...linear, kind: "constructor" }, "is not one of"],
    [{ ...linear, version: 2 }, "version 2 is not known"],
    [{ ...linear, weight: [1] }, '"weight" is not a member of a linear model'],
    [{ kind: "linear", version: 1, slots: [], weights: [] }, '"intercept" is missing'],
    [{ ...linear, slots: "ab" }, '"slots" is not an array'],
    [{ ...linear, slots: ["a", ""] }, '"slots" has no name at position 1'],
    [{ ...linear, slots: ["a", "a"] }, 'names "a" twice'],
    [{ ...linear, weights: [1] }, '"weights" has 1 numbers for 2 slots'],
    [{ ...linear, weights: [1, null] }, '"weights" at position 1 is not a finite number'],
    [{ ...linear, weights: { 0: 1, 1: 2, length: 2 } }, '"weights" is not an array'],
    [{ ...linear, intercept: "1" }, '"intercept" is not a finite number'],
    [{ ...linear, intercept: Infinity }, '"intercept" is not a finite number'],
  ])("is refused with what is wrong: %j", (model, message) => {
    const [code, said] = failure(() => loadRuntime(model));
    expect(code).toBe("MODEL_INVALID");
    expect(said).toContain(message);
  });

  it("is read from bytes, of a bounded size", () => {
    const bytes = new TextEncoder().encode(JSON.stringify(linear));
    expect(parseRuntime(bytes).score([3, 1])).toBe(5.5);
    expect(failure(() => parseRuntime(bytes.subarray(1)))[0]).toBe("MODEL_INVALID");
    expect(failure(() => parseRuntime(Uint8Array.of(0x22, 0xff, 0x22)))[0]).toBe("MODEL_INVALID");
    expect(failure(() => parseRuntime(bytes, { maxBytes: 10 }))[0]).toBe("LIMIT_EXCEEDED");
    expect(failure(() => parseRuntime(bytes, { maxSlots: 1 }))[0]).toBe("LIMIT_EXCEEDED");
  });
});
