export { cellOf, type RowCells, rowCells, setCell } from "./row-cells.ts";
export { type RowLine, rowLines } from "./row-lines.ts";
export { compileRows, type Output, type RowMode, type RowProgram } from "./row-program.ts";
export type { Leaf } from "./steps.ts";
