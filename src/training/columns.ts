import { TondoError } from "../core/index.ts";

/** A table of numbers, a column a slot or label, NaN where a value is missing. Nobody writes to its arrays. */
export interface Columns {
  readonly names: readonly string[];
  readonly rows: number;
  /** @throws TondoError `ROWS_INVALID` where there is no such column. */
  column(name: string): Float64Array;
}

/**
 * A table of columns in memory; arrays are taken as they are, not copied.
 * @throws TondoError `ROWS_INVALID` where lengths differ.
 * @example `columnsOf({ distance: Float64Array.of(100, 250), delay: Float64Array.of(3, NaN) }).rows // 2`
 */
export function columnsOf(columns: Readonly<Record<string, Float64Array>>): Columns {
  return tableOf(new Map(Object.entries(columns)));
}

/** The rows from `start` up to `end`, as views of the same memory. */
export function sliceColumns(columns: Columns, start: number, end: number): Columns {
  return tableOf(new Map(columns.names.map((name) => [name, columns.column(name).subarray(start, end)])), end - start);
}

/** The named columns with the rows at `indices`, in that order, as copies. */
export function gatherColumns(columns: Columns, names: readonly string[], indices: Uint32Array): Columns {
  const gathered = new Map<string, Float64Array>();
  for (const name of names) {
    const from = columns.column(name);
    const to = new Float64Array(indices.length);
    for (let i = 0; i < indices.length; i++) to[i] = from[indices[i] ?? 0] ?? NaN;
    gathered.set(name, to);
  }
  return tableOf(gathered, indices.length);
}

function tableOf(columns: ReadonlyMap<string, Float64Array>, given?: number): Columns {
  const rows = given ?? columns.values().next().value?.length ?? 0;
  for (const [name, column] of columns) {
    if (column.length !== rows) {
      throw new TondoError("ROWS_INVALID", `column "${name}" has ${String(column.length)} of ${String(rows)} rows`, {
        hint: "All columns of a table are equally long.",
      });
    }
  }
  const names = Object.freeze([...columns.keys()]);
  return Object.freeze({
    names,
    rows,
    column(name: string): Float64Array {
      const column = columns.get(name);
      if (column !== undefined) return column;
      throw new TondoError("ROWS_INVALID", `there is no column "${name}" to train on`, {
        hint: `The columns are ${names.join(", ")}.`,
      });
    },
  });
}
