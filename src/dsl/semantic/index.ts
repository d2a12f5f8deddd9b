export { type Compilation, compile, type ParsedProject, parseProject, undeclaredSources } from "./compile.ts";
export type { Schema } from "./symbols.ts";
