export {
  type Compilation,
  compile,
  type ParsedProject,
  parseProject,
  undeclaredSources,
  type UndeclaredSource,
} from "./compile.ts";
export type { FeatureUse, Places } from "./places.ts";
export type { Schema } from "./symbols.ts";
