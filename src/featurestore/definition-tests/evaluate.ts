import type { Value } from "../../core/index.ts";
import {
  compileRows,
  fromRaw,
  type FunctionLibrary,
  type Output,
  type Raw,
  type RawColumn,
  type RowMode,
  toRaw,
} from "../../dsl/index.ts";

/** Where the leaves of expressions find their values: `stored:ID`, `column:NAME`, `now`. */
export type Leaves = (leaf: string) => Value;

/** Some expressions, each over some rows. */
export function evaluate(
  outputs: readonly Output[],
  rows: readonly Leaves[],
  mode: RowMode,
  functions: FunctionLibrary,
): readonly (readonly Value[])[] {
  const program = compileRows(outputs, {}, { mode, functions });
  const columns = program.leaves.map(({ name, kind }) => rows.map((leaves): Raw => toRaw(leaves(name), kind)));
  const results: RawColumn[] = program.outputs.map(() => new Array<Raw>(rows.length).fill(null));
  program.run(rows.length, columns, results);
  return rows.map((_, row) => program.outputs.map(({ kind }, i) => fromRaw(results[i]?.[row] ?? null, kind)));
}
