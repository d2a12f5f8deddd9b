import { describe, expect, it } from "vitest";
import { expressionSql, outsideSubset } from "../../../src/dsl/index.ts";
import { planOf } from "../check-one.ts";

const columns = { x: "float?", n: "int?", s: "string?", at: "timestamp?" } as const;

describe("outsideSubset", () => {
  it.each([
    ['lower(s) == "a"', '"lower" has no SQL that is equal to it bit by bit'],
    ["x + exp(x) > 1", '"exp" has no SQL that is equal to it bit by bit'],
    ["geohash(x, x, 5)", '"geohash" has no SQL that is equal to it bit by bit'],
  ])("%s: %s", (text, reason) => {
    expect(outsideSubset(planOf(text, columns))?.reason).toBe(reason);
  });

  it.each(["int(n)", "int(x > 1)", "float(x)", "(at - at) / 5m"])("has no part in %s", (text) => {
    expect(outsideSubset(planOf(text, columns))).toBeUndefined();
  });

  it("agrees with what has SQL", () => {
    for (const text of ["x > 1", "n + 1", 's == "a"', "n in [1, 2]", "x ?? 0.5", "sin(x)", "tanh(x) > 0", "trim(s)"]) {
      const plan = planOf(text, columns);
      expect(outsideSubset(plan) === undefined, text).toBe(expressionSql(plan, () => "x") !== undefined);
    }
  });

  it("says so where only the length is in the way", () => {
    const text = Array.from({ length: 200 }, () => "x").join(" + ");
    expect(outsideSubset(planOf(text, columns))?.reason).toBe("its SQL would be too long");
  });
});
