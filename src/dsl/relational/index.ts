export { duckdbColumn, duckdbType, kindOfDuckdbType } from "./duckdb-column.ts";
export { duckdbMacros } from "./duckdb-macros.ts";
export { expressionSql } from "./expression-sql.ts";
export { type OutsideSubset, outsideSubset } from "./outside-subset.ts";
export { sparkColumn, sparkSettings } from "./spark-column.ts";
