import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/core/index.ts";
import { compileText } from "../../dsl/check-one.ts";
import { askedOf } from "../../../src/featurestore/definition-tests/asked.ts";
import { judge } from "../../../src/featurestore/definition-tests/judge.ts";

const [test] = compileText(`entity shop (shop: string)
events sales {
  parquet "sales.parquet"
  columns (shop: string, at: timestamp)
  at at
}
group shop:till from sales by shop { n = count() over 1h }
test "t" {
  expect @shop:till:n["s1"] at "12:00" == 0
}`).tests;

/** What is said where paths answer the feature, the condition and its two sides so. */
function said(...answers: readonly (readonly (Value | undefined)[])[]): readonly string[] {
  if (test === undefined) throw new Error("no test");
  const paths = answers.map((row, i) => ({ path: `path ${String(i)}`, values: [row] }));
  return judge(askedOf(test), paths).map(({ code, message }) => `${code}: ${message}`);
}

describe("judging a test", () => {
  it("passes what is true on every path", () => {
    expect(said([0, true, 0, 0], [0, true, 0, 0], [0])).toEqual([]);
  });

  it("tells an expectation that fails from paths that disagree, which is a defect", () => {
    expect(said([1, false, 1, 0], [1, false, 1, 0])).toEqual(["expectation-failed: expected 0, got 1"]);
    expect(said([0, true, 0, 0], [1, false, 1, 0])).toEqual([
      "paths-disagree: the paths disagree on @shop:till:n at 2024-01-01T12:00:00.000Z: path 0 0, path 1 1",
    ]);
    expect(said([0, true, 0, 0], [0, true, 0, 0], [null])).toEqual([
      "paths-disagree: the paths disagree on @shop:till:n at 2024-01-01T12:00:00.000Z: path 0 0, path 1 0, path 2 missing",
    ]);
    expect(said([0, true, 0, 0], [0, true, -0, 0])).toEqual([
      "paths-disagree: the paths disagree on this at 2024-01-01T12:00:00.000Z: path 0 0, path 1 -0",
    ]);
  });

  it("compares lists by their elements", () => {
    expect(said([[1, 2], true, 0, 0], [[1, 2], true, 0, 0])).toEqual([]);
    expect(said([[1, 2], true, 0, 0], [[1, 3], true, 0, 0])).toHaveLength(1);
    expect(said([[1, 2], true, 0, 0], [[1, 2, 3], true, 0, 0])).toHaveLength(1);
    expect(said([[], true, 0, 0], [null, true, 0, 0])).toHaveLength(1);
  });

  it("does not take missing for true", () => {
    expect(said([null, null, null, 0])).toEqual(["expectation-failed: expected 0, got missing"]);
  });
});
