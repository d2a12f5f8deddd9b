export { momentArgument } from "./moment-argument.ts";
export { keyArguments, inputArguments } from "./key-arguments.ts";
export type { Option, Options, Positional } from "./option.ts";
export { parseArguments } from "./parse-arguments.ts";
export { ParsedArguments } from "./parsed-arguments.ts";
export { partitionArgument, partitionOptions } from "./partition-argument.ts";
export { meant, usageError } from "./usage-error.ts";
export { parseValue } from "./parse-value.ts";
export { askAtMoment, askedMomentOption } from "./asked-moment.ts";
