export type { Leaf } from "./emit.ts";
export { fromRaw, toRaw } from "./raw-value.ts";
export { compileRows, type Output, type RawColumn, type RowProgram } from "./row-program.ts";
