import type { Micros } from "../../core/index.ts";
import { count } from "../output/index.ts";

/** What is to be said of a load whose switch came late: nothing of one that did not. @param appliedAt the moment of the switch, as text */
export function lateSwitch(lateBy: Micros, appliedAt: string): readonly string[] {
  if (lateBy === 0) return [];
  return [
    `the switch may not have shown until ${count(lateBy)} microseconds behind ${appliedAt}: requests between may have been answered by the load before, and training takes them to have seen this one`,
  ];
}
