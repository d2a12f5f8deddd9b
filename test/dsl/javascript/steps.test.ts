import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isScalar, parseTypeName, typeName, type Value } from "../../../src/core/index.ts";
import {
  compileRows,
  type ExpressionPlan,
  type Raw,
  type RawColumn,
  replaceLeaves,
  type RowMode,
  type RowProgram,
  toRaw,
  walk,
} from "../../../src/dsl/index.ts";
import { planOf } from "../check-one.ts";
import { expressions, rows } from "../random-expressions.ts";
import { sameRaw } from "../same-value.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 16_180);
type Row = Readonly<Record<string, Value>>;

function programOf(plans: readonly ExpressionPlan[], mode?: RowMode): RowProgram {
  return compileRows(
    plans.map((value, i) => ({ name: String(i), value })),
    {},
    { mode },
  );
}

function evaluate({ leaves, outputs, run }: RowProgram, row: Row): readonly Raw[] {
  const results = outputs.map((): RawColumn => [null]);
  run(
    1,
    leaves.map(({ name, kind }) => [toRaw(row[name.slice(name.indexOf(":") + 1)] ?? null, kind)]),
    results,
  );
  return results.map((column) => column[0] ?? null);
}

/** The same expression over the values of a row, written out. */
function written(plan: ExpressionPlan, row: Row): ExpressionPlan {
  return replaceLeaves(plan, (leaf) => {
    if (leaf.node !== "column" && leaf.node !== "now") return undefined;
    const value = row[leaf.node === "now" ? "now" : leaf.name] ?? null;
    // Lists and embeddings have no literal form.
    if (typeof value === "object" && value !== null) return undefined;
    const type = typeName({ kind: parseTypeName(leaf.type).kind, optional: value === null });
    return { node: "literal", type, value: typeof value === "bigint" ? value.toString() : value };
  });
}

describe("the steps of a row program", () => {
  it("do at once what is made of constants alone, with the same result", () => {
    fc.assert(
      fc.property(expressions(false, 4), rows, (plan, row) => {
        const [there = null] = evaluate(programOf([plan]), row);
        for (const mode of ["generated", "closures"] as const) {
          const program = programOf([written(plan, row)], mode);
          if (![...walk(plan)].some((node) => !isScalar(parseTypeName(node.type).kind))) {
            expect(program.leaves).toEqual([]);
            expect(program.text).not.toContain("const v0");
          }
          const [folded = null] = evaluate(program, row);
          if (!sameRaw(folded, there)) throw new Error(`${String(folded)}, not ${String(there)}`);
        }
      }),
      { seed, numRuns: 1_500 },
    );
  });

  it("do each common part once", () => {
    const plans = ["log(x) + 1", "log(x) * 2", "log(x)"].map((text) => planOf(text, { x: "float" }));
    expect(
      programOf(plans)
        .text.split("function row")[0]
        ?.match(/Math\.log/g),
    ).toHaveLength(1);
    let calls = 0;
    const counted = new Proxy([2], {
      get: (column, key) => (key === "0" ? (calls++, 2) : (Reflect.get(column, key) as unknown)),
    });
    const results = plans.map((): RawColumn => [null]);
    programOf(plans, "generated").run(1, [counted], results);
    expect([calls, results[2]]).toEqual([1, [Math.log(2)]]);
  });

  it.each(["generated", "closures"] as const)("tell calls with other constants apart, %s", (mode) => {
    const plans = ["bucket(x, [1, 2])", "bucket(x, [1, 2, 3])", 's in ["a"]', 's in ["b"]'].map((text) =>
      planOf(text, { x: "float", s: "string" }),
    );
    expect(evaluate(programOf(plans, mode), { x: 5, s: "b" })).toEqual([2, 3, 0, 1]);
  });

  it.each(["generated", "closures"] as const)("tell a missing int from one beyond doubles in one row, %s", (mode) => {
    const plans = ["x ?? 7", "x is missing", "float(x)"].map((text) => planOf(text, { x: "int?" }));
    const program = programOf(plans, mode);
    const given = { numbers: new Float64Array(1), others: new Array<bigint | null>(1) };
    const results = { numbers: new Float64Array(3), others: [null, null, null] };
    const of = (number: number, other: bigint | null): unknown => {
      given.numbers[0] = number;
      given.others[0] = other;
      program.row(given, results);
      return [[...results.numbers], [...results.others]];
    };
    const large = 2n ** 53n + 1n;
    expect(of(NaN, large)).toEqual([
      [NaN, 0, 2 ** 53],
      [large, null, null],
    ]);
    expect(of(NaN, null)).toEqual([
      [7, 1, NaN],
      [null, null, null],
    ]);
    expect(of(3, null)).toEqual([
      [3, 0, 3],
      [null, null, null],
    ]);
  });
});
