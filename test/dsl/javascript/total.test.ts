import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  elementKind,
  embeddingSize,
  isEmbedding,
  isList,
  parseTypeName,
  type Scalar,
  type Value,
  type ValueKind,
} from "../../../src/core/index.ts";
import {
  cellOf,
  compileRows,
  type ExpressionPlan,
  fromRaw,
  type RawColumn,
  rowCells,
  type RowMode,
  setCell,
} from "../../../src/dsl/index.ts";
import { sameRaw, sameValue } from "../same-value.ts";
import { inputOf, type Row } from "../run-rows.ts";
import { callsByWay, columns, expressions, idOf, rows, ways } from "../random-expressions.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 31_415);
const wanted = Number(process.env["TONDO_EXPRESSIONS"] ?? 4_200);

/** Whether a value may exist: see the domain of the language. */
function inDomain(value: Value, kind: ValueKind): boolean {
  if (value === null) return true;
  if (isList(kind)) return isArray(value) && value.every((item) => inDomain(item, elementKind(kind)));
  if (isEmbedding(kind)) {
    return isArray(value) && value.length === embeddingSize(kind) && value.every((item) => inDomain(item, "float"));
  }
  switch (kind) {
    case "bool":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string" && value.isWellFormed();
    case "float":
      return typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0);
    case "int":
      if (typeof value === "bigint") return value > 9007199254740991n || value < -9007199254740991n;
      return Number.isSafeInteger(value) && !Object.is(value, -0);
    default:
      return Number.isSafeInteger(value) && !Object.is(value, -0);
  }
}

function isArray(value: Value): value is readonly Scalar[] {
  return Array.isArray(value);
}

describe("generated JavaScript", () => {
  it(
    "is total: any function of any values gives a value of its type, alone or in a chunk, and closures the same",
    { timeout: 180_000 },
    () => {
      const data = fc.sample(rows, { seed, numRuns: 30 });
      const sample = fc
        .sample(fc.tuple(...callsByWay), { seed, numRuns: Math.ceil(wanted / callsByWay.length) })
        .flat();
      let results = 0;
      let present = 0;
      const covered = new Map<string, number>();
      for (const plan of sample) {
        const { kind, optional } = parseTypeName(plan.type);
        const program = compileRows([{ name: "x", value: plan }]);
        const input = inputOf(program.leaves, data);
        const output = new Array<null>(data.length).fill(null) as RawColumn;
        program.run(data.length, input, [output]);
        const same = new Array<null>(data.length).fill(null) as RawColumn;
        const closures = compileRows([{ name: "x", value: plan }], {}, { mode: "closures" });
        closures.run(data.length, input, [same]);
        for (const [r, raw] of output.entries()) {
          if (!sameRaw(raw, same[r] ?? null))
            throw new Error(`closures give ${String(same[r])}: ${show(plan)} of ${show(data[r])}`);
        }
        for (const [r, row] of data.entries()) {
          const value = fromRaw(output[r] ?? Number.NaN, kind);
          results++;
          if (value !== null) present++;
          if (!inDomain(value, kind)) throw new Error(`${String(value)} is no ${kind}: ${show(plan)} of ${show(row)}`);
          if (value === null && !optional)
            throw new Error(`missing where it may not be: ${show(plan)} of ${show(row)}`);
          if (value !== null && plan.node === "call") covered.set(idOf(plan), (covered.get(idOf(plan)) ?? 0) + 1);
        }
        for (const each of [program, closures]) {
          const given = rowCells(program.leaves.length);
          const cells = rowCells(1);
          for (const [r, row] of data.entries()) {
            for (const [i, column] of input.entries()) setCell(given, i, column[r] ?? null);
            each.row(given, cells);
            const raw = cellOf(cells, 0, kind);
            if (!sameRaw(raw, output[r] ?? null))
              throw new Error(`${String(raw)} of one row: ${show(plan)} of ${show(row)}`);
          }
        }
      }
      console.log(
        `seed ${String(seed)}: ${String(sample.length)} expressions, ${String(results)} results, ${String(Math.round((100 * present) / results))} % present`,
      );
      expect(present / results).toBeGreaterThan(0.5);
      for (const { id } of ways) expect(covered.get(id) ?? 0, `results of ${id}`).toBeGreaterThanOrEqual(100);
    },
  );

  it("gives the same for many expressions in one program as for each alone", () => {
    fc.assert(
      fc.property(fc.array(expressions(false, 3), { minLength: 2, maxLength: 6 }), rows, (plans, row) => {
        const together = evaluate(plans, row);
        const closed = evaluate(plans, row, "closures");
        for (const [i, plan] of plans.entries()) {
          expect(sameValue(together[i] ?? null, evaluate([plan], row)[0] ?? null)).toBe(true);
          expect(sameValue(closed[i] ?? null, together[i] ?? null)).toBe(true);
        }
      }),
      { seed, numRuns: 300 },
    );
  });

  it("has columns of every kind in its random rows", () => {
    expect(new Set(Object.values(columns)).size).toBe(32);
  });
});

function evaluate(plans: readonly ExpressionPlan[], row: Row, mode?: RowMode): readonly Value[] {
  const program = compileRows(
    plans.map((value, i) => ({ name: `x${String(i)}`, value })),
    {},
    { mode },
  );
  const input = inputOf(program.leaves, [row]);
  const output = plans.map((): RawColumn => [null]);
  program.run(1, input, output);
  return plans.map(({ type }, i) => fromRaw(output[i]?.[0] ?? Number.NaN, parseTypeName(type).kind));
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part.toString()}n` : part));
}
