import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expressionSql } from "../../../src/dsl/index.ts";
import { planOf, valueOf } from "../check-one.ts";

describe("cross", () => {
  const parts = fc.array(fc.string({ unit: fc.constantFrom("a", "|", "\\", "é"), maxLength: 3 }), {
    minLength: 2,
    maxLength: 4,
  });
  const crossed = (texts: readonly string[]): unknown => {
    const names = texts.map((_, i) => `s${String(i)}`);
    const columns = Object.fromEntries(names.map((name) => [name, "string" as const]));
    return valueOf(
      `cross(${names.join(", ")})`,
      columns,
      Object.fromEntries(names.map((name, i) => [name, texts[i] ?? ""])),
    );
  };

  it("gives one text for one combination only", () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(crossed(a) === crossed(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 500 },
    );
    // All short texts with each other, in twos and threes: that is where separators meet.
    const signs = ["a", "|", "\\"];
    const texts = ["", ...signs, ...signs.flatMap((first) => signs.map((second) => first + second))];
    const pairs = texts.flatMap((a) => texts.map((b) => [a, b]));
    const all = [...pairs, ...pairs.flatMap((pair) => ["", ...signs].map((c) => [...pair, c]))];
    expect(new Set(all.map(crossed)).size).toBe(all.length);
  });
});

describe("case", () => {
  const columns = { a: "bool?", b: "bool?", c: "bool?", x: "int?" } as const;
  const truths = fc.constantFrom(true, false, null);

  it("looks at conditions in order, as nested ifs do", () => {
    fc.assert(
      fc.property(truths, truths, truths, (a, b, c) => {
        const expected = ((): number | null => {
          for (const [i, condition] of [a, b, c].entries())
            if (condition !== false) return condition === null ? null : i;
          return 3;
        })();
        expect(valueOf("case(a, 0, b, 1, c, 2, 3)", columns, { a, b, c })).toBe(expected);
      }),
    );
  });

  it("is in the exact subset, and of the widest type of its values", () => {
    const plan = planOf("case(a, 1, b, x, 2.5)", columns);
    expect(plan.type).toBe("float?");
    expect(expressionSql(plan, () => "x")).toContain("case when");
    expect(planOf("case(a, 1, b, missing, 2)", columns).type).toBe("int?");
  });
});
