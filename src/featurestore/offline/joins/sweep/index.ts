export { joinWindowsBySweep, sweptColumns, sweepInto, sweepStatements, sweptSelect } from "./join-windows-by-sweep.ts";
export { type SweepPlan, sweepPlan } from "./sweep-plan.ts";
export type { Passage } from "./sweep-sql.ts";
export type { Passing } from "./window-sweep.ts";
