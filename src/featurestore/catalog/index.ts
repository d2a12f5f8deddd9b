export { type AppliedDefinition, type Catalog, type CatalogOptions, type Change, openCatalog } from "./catalog.ts";
export type { Definition } from "./definition.ts";
export {
  checkProject,
  type CheckedProject,
  loadProject,
  type Project,
  projectLimits,
  renderDiagnostics,
} from "./load-project.ts";
