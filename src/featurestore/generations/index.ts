export { generations, type GroupGenerations, type KeptGeneration } from "./generations.ts";
export { type GroupRollback, rollback, type RollbackOptions, type RollbackResult } from "./rollback.ts";
export type { HeldOptions, HeldPointer } from "./held-pointers.ts";
