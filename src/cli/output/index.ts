export { changesText, effective } from "./changes-text.ts";
export { asTondoError, errorText } from "./error-text.ts";
export { count, counted, decimal, momentText, spanText, valueText } from "./format.ts";
export { jsonLine } from "./json-line.ts";
export { progressLines } from "./progress-lines.ts";
export { printable, printableWithColours, type Style, styleOf } from "./style.ts";
export { pairs, table, type TableHeading } from "./table.ts";
export { metricsText } from "./metrics-text.ts";
export { answeredPairs, nodeText } from "./resolution-text.ts";
