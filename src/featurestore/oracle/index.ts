export { type Answer, type Data, trainingRows } from "./oracle.ts";
export { knownFunctions } from "./evaluate-expression.ts";
export { type Row, type Rows, transportOf } from "./values.ts";
