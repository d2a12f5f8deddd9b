import { isNumeric, type ValueKind } from "../../core/index.ts";
import type { Raw, RawColumn } from "../functions/index.ts";
import { cellOf, type RowCells, setCell } from "./row-cells.ts";

/** Computes one row: reads the cells of the leaves, writes those of the outputs. */
export type Row = (given: RowCells, results: RowCells) => void;

/** The same by a function over columns: for rows that hold an int beyond ±(2^53 - 1). */
export function rowByColumns(
  leaves: readonly ValueKind[],
  outputs: readonly ValueKind[],
  run: (n: number, columns: readonly RawColumn[], results: readonly RawColumn[]) => void,
): Row {
  const column = (kind: ValueKind): RawColumn => (isNumeric(kind) && kind !== "int" ? new Float64Array(1) : [null]);
  const columns = leaves.map(column);
  const computed = outputs.map(column);
  return (given, results) => {
    for (const [i, kind] of leaves.entries()) (columns[i] as Raw[])[0] = cellOf(given, i, kind);
    run(1, columns, computed);
    for (const [i, values] of computed.entries()) setCell(results, i, values[0] ?? null);
  };
}
