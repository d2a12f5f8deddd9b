export { consistencyTables } from "./consistency-tables.ts";
