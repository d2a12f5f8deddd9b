export { type FormatOptions, formatText, type FormattedText } from "./format-text.ts";
