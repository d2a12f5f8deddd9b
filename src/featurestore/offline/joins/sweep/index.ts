export { joinWindowsBySweep, sweepStatements } from "./join-windows-by-sweep.ts";
