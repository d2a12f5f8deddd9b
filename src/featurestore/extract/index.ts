export { extract, type ExtractOptions, type SourceDatabase, type SourceDatabases } from "./extract.ts";
export type { TableExtraction } from "./extract-table.ts";
export { withExtracted } from "./extracted-places.ts";
