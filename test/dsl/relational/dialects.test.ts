import { describe, expect, it } from "vitest";
import { expressionSql, outsideSubset } from "../../../src/dsl/index.ts";
import { planOf } from "../check-one.ts";

const leaf = (): string => "x";

describe("dialects", () => {
  it("write the same function each in its way", () => {
    const plan = planOf('if(i + 1 > 2, s, "a")', { i: "int?", s: "string?" });
    expect(expressionSql(plan, leaf)).toContain("tondo_int(");
    expect(expressionSql(plan, leaf, "spark")).toContain("try_add(");
  });

  it("differ in texts: Spark takes those with a null byte", () => {
    const plan = planOf('s == "a\\u0000b"', { s: "string?" });
    expect(outsideSubset(plan)?.reason).toBe("a constant of type string has no SQL");
    expect(outsideSubset(plan, "spark")).toBeUndefined();
    expect(expressionSql(plan, leaf, "spark")).toBe("(x = cast(X'610062' as string))");
  });

  it("write what settings give a meaning as bytes, in Spark", () => {
    for (const text of ["\\", "'", "${x}", "--", "/*", ";", "\n", "\u2028"]) {
      const sql = expressionSql(planOf(`s == ${JSON.stringify(text)}`, { s: "string?" }), leaf, "spark");
      expect(sql).toBe(`(x = cast(X'${Buffer.from(text).toString("hex")}' as string))`);
    }
    expect(expressionSql(planOf('s == "Asia/Kolkata 1.5"', { s: "string?" }), leaf, "spark")).toBe(
      "(x = 'Asia/Kolkata 1.5')",
    );
  });

  it("name arguments once in Spark, so that nested arithmetic stays short", () => {
    const sum = Array.from({ length: 20 }, () => "f").join(" * ");
    const sql = expressionSql(planOf(sum, { f: "float?" }), leaf, "spark");
    expect(sql?.match(/\bx\b/g)).toHaveLength(20);
  });
});
