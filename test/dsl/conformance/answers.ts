import { parseTypeName, type Value } from "../../../src/core/index.ts";
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
import { naiveValue } from "../../oracle/naive-expression.ts";
import { inputOf, type Row } from "../run-rows.ts";
import { sameValue } from "../same-value.ts";

/** What an expression is for some rows, by each way to find out; the naive one first. */
export type Answers = Readonly<Record<string, readonly Value[]>>;

/** All answers: the naive evaluator, generated code and closures, each of them over a chunk and row by row. */
export function answersOf(plan: ExpressionPlan, rows: readonly Row[]): Answers {
  return {
    naive: rows.map((row) => naiveValue(plan, row)),
    ...compiled(plan, rows, "generated"),
    ...compiled(plan, rows, "closures"),
  };
}

function compiled(plan: ExpressionPlan, rows: readonly Row[], mode: RowMode): Answers {
  const program = compileRows([{ name: "x", value: plan }], {}, { mode });
  const { kind } = parseTypeName(plan.type);
  const input = inputOf(program.leaves, rows);
  const output = new Array<null>(rows.length).fill(null) as RawColumn;
  program.run(rows.length, input, [output]);
  const given = rowCells(program.leaves.length);
  const result = rowCells(1);
  const alone = rows.map((_, r) => {
    for (const [i, column] of input.entries()) setCell(given, i, column[r] ?? null);
    program.row(given, result);
    return fromRaw(cellOf(result, 0, kind), kind);
  });
  return {
    [`${mode}, over a chunk`]: Array.from(output, (raw) => fromRaw(raw, kind)),
    [`${mode}, one row`]: alone,
  };
}

/** The first row on which answers differ. */
export function firstDifference(answers: Answers): number | undefined {
  const [first = [], ...others] = Object.values(answers);
  const found = first.findIndex((value, r) => others.some((other) => !sameValue(value, other[r] ?? null)));
  return found < 0 ? undefined : found;
}
