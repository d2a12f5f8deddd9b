export { type AppliedDefinition, type Catalog, type CatalogOptions, type Change, openCatalog } from "./catalog.ts";
export type { Definition } from "./definition.ts";
export { functionFiles, type LoadedFunctions, loadFunctions } from "./load-functions.ts";
export { checkProject, type CheckedProject, loadProject, type Project, renderDiagnostics } from "./load-project.ts";
export { projectLimits, projectPaths, readProjectFile } from "./project-files.ts";
export { type SourceColumns, SourceSchemas } from "./source-schemas.ts";
