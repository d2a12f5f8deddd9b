import { isNumeric, type ValueKind } from "../../core/index.ts";
import { missing, type Raw } from "../functions/index.ts";

/**
 * The cells of one row, filled again for each, so that serving makes next to no garbage: a cell is the number in `numbers`; where that is NaN, it is what stands
 * in `others`, a text or an int beyond ±(2^53 - 1); where that is `null`, it is missing.
 */
export interface RowCells {
  readonly numbers: Float64Array;
  readonly others: Raw[];
}

/** Cells that are all missing. */
export function rowCells(count: number): RowCells {
  return { numbers: new Float64Array(count).fill(missing), others: new Array<null>(count).fill(null) };
}

/** Puts a raw value into a cell. */
export function setCell({ numbers, others }: RowCells, cell: number, raw: Raw): void {
  const isNumber = typeof raw === "number";
  numbers[cell] = isNumber ? raw : missing;
  others[cell] = isNumber ? null : raw;
}

/** The raw value in a cell. */
export function cellOf({ numbers, others }: RowCells, cell: number, kind: ValueKind): Raw {
  const number = numbers[cell] ?? missing;
  return number === number ? number : (others[cell] ?? (isNumeric(kind) ? missing : null));
}
