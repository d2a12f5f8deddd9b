export { definitionFiles } from "./definition-files.ts";
export { type FormattedFile, formatFile, formatInput } from "./format-file.ts";
