import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isScalar, parseTypeName, typeName, type Value } from "../../../src/core/index.ts";
import {
  type CallPlan,
  compileRows,
  defineFunction,
  type ExpressionPlan,
  functionLibrary,
  type Overload,
  overloadOf,
  type Raw,
  type RawColumn,
  replaceLeaves,
  type RowMode,
  type RowProgram,
  toRaw,
  walk,
} from "../../../src/dsl/index.ts";
import { generate } from "../../../src/dsl/javascript/generate.ts";
import { stepsOf } from "../../../src/dsl/javascript/steps.ts";
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

  it("take no call for another that differs in the function or the tables that it was planned with", () => {
    const own = defineFunction({ name: "own", version: 1, takes: { x: "float" }, returns: "float?", compute: () => 1 });
    const functions = functionLibrary([own]);
    const column: ExpressionPlan = { node: "column", name: "x", type: "float" };
    const called = (source: string): ExpressionPlan => ({
      ...{ node: "call", function: "own", version: 1, type: "float?", user: { source }, args: [column] },
    });
    const lower = planOf("lower(s)", { s: "string" }) as CallPlan;
    expect(lower.tables).toBeDefined();
    const refused = [
      [called(own.source), called("0".repeat(64)), "FUNCTION_CHANGED"],
      [lower, { ...lower, tables: "unicode 1.0" }, "DEFINITIONS_INVALID"],
    ] as const;
    for (const [right, wrong, code] of refused) {
      expect(stepsOf([right, { ...right }], {}, functions).steps).toHaveLength(2);
      for (const plans of [
        [right, wrong],
        [wrong, right],
      ])
        expect(() => stepsOf(plans, {}, functions)).toThrow(expect.objectContaining({ code }) as Error);
    }
  });

  it("call each function by its step, also where columns and single rows do not call the same", () => {
    const made = stepsOf([planOf("i + 1", { i: "int" }), planOf("i - 1", { i: "int" })]);
    const steps = made.steps.map((step, i) => {
      if (step.does === "read") return step;
      const inline: Overload["inline"] = (_args, _constants, [exact]) => (i === 1 && exact === true ? "1" : undefined);
      return { ...step, call: () => i, overload: { inline } };
    });
    const { run, row } = generate({ ...made, steps }).make();
    const columns: RawColumn[] = [new Float64Array(1), new Float64Array(1)];
    run(1, [[5]], columns);
    expect(columns.map(([x]) => x)).toEqual([1, 2]);
    const results = { numbers: new Float64Array(2), others: [null, null] };
    row({ numbers: Float64Array.of(5), others: [null] }, results);
    expect([...results.numbers]).toEqual([1, 2]);
  });

  it("read the clock of a zone once for all parts that are asked for", () => {
    const texts = ["hour", "dow", "date", "minute"].map((name) => `${name}(x, tz: z)`);
    const plans = texts.map((text) => planOf(text, { x: "timestamp", z: "string" }));
    const row = programOf(plans).text.split("function row")[1];
    expect(row?.match(/f\d+\(/g)).toHaveLength(1);
    const { steps, expressions: of } = stepsOf(plans);
    const calls = steps.flatMap(({ does }, i) => (does === "call" ? [plans.findIndex((plan) => plan === of[i])] : []));
    expect(calls).toEqual([0, 0, 1, 2, 3]);
    const moments = [0, -1, 1_709_210_096_789_000, 1_711_846_800_000_000, -(2 ** 53 - 1), 2 ** 53 - 1, NaN];
    const zones = ["Europe/Berlin", "UTC", "Asia/Kolkata", "America/St_Johns", "no zone", null];
    for (const mode of ["generated", "closures"] as const) {
      const together = programOf(plans, mode);
      for (const x of moments)
        for (const z of zones) {
          const alone = plans.map((plan) => overloadOf(plan as CallPlan)[1].compute({}) as (...args: Raw[]) => Raw);
          const expected = alone.map((run) => (x !== x || z === null ? NaN : run(x, z)));
          expect(evaluate(together, { x, z })).toEqual(expected);
        }
    }
  });

  it.each(["generated", "closures"] as const)("look up few values and many alike, %s", (mode) => {
    const numbers = (n: number): string => Array.from({ length: n }, (_, i) => String(i - 3)).join(", ");
    const large = "9007199254740993";
    const texts = [3, 8, 9, 20].flatMap((n) => [
      `bucket(x, [${numbers(n)}])`,
      `x in [${numbers(n)}]`,
      `i in [${numbers(n)}, ${large}]`,
    ]);
    const program = programOf(
      texts.map((text) => planOf(text, { x: "float", i: "int" })),
      mode,
    );
    for (const x of [-4, -3, -0.5, 0, 4, 4.5, 5, 6, 100, NaN])
      for (const i of [-3, 0, 5, 7, 2n ** 53n + 1n, 2n ** 53n + 2n]) {
        const expected = [3, 8, 9, 20].flatMap((n) => {
          const values = Array.from({ length: n }, (_, k) => k - 3);
          return [
            x !== x ? NaN : values.filter((value) => value <= x).length,
            x !== x ? NaN : Number(values.includes(x)),
            Number(typeof i === "bigint" ? i === BigInt(large) : values.includes(i)),
          ];
        });
        expect(evaluate(program, { x, i })).toEqual(expected);
      }
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
