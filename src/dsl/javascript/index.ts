export { cellOf, type RowCells, rowCells, setCell } from "./row-cells.ts";
export { fromRaw, missingRaw, type RawColumn, rawFromJson, toRaw } from "./raw-value.ts";
export { type RowLine, rowLines } from "./row-lines.ts";
export { compileRows, type Output, type RowMode, type RowProgram } from "./row-program.ts";
export type { Leaf } from "./steps.ts";
