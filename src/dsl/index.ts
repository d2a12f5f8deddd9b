export * from "./explain/index.ts";
export * from "./format/index.ts";
export * from "./functions/index.ts";
export * from "./javascript/index.ts";
export * from "./navigation/index.ts";
export * from "./plan/index.ts";
export * from "./relational/index.ts";
export * from "./semantic/index.ts";
