export type * from "./ast.ts";
export { defaultParseLimits, parse, type ParsedFile, type ParseLimits } from "./parse.ts";
export { didYouMean } from "./nearest.ts";
