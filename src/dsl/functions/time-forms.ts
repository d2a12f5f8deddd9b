import { durationUnits, parseTypeName } from "../../core/index.ts";
import type { ExpressionPlan } from "../plan/index.ts";
import { type Constant, maxInt, type Parameter } from "./scalar-function.ts";

/** The clock a function of time reads. */
export const zoned: Parameter = { name: "tz", kind: "string", default: "UTC" };

/** A parameter that is a moment. */
export function momentOf(name: string): Parameter {
  return { name, kind: "timestamp" };
}

/** The dates that hold a moment of the domain, as days since 1970. Parts of others are missing. */
export const dateRange: { readonly first: number; readonly last: number } = {
  first: Math.floor(-maxInt / durationUnits.d),
  last: Math.floor(maxInt / durationUnits.d),
};

/** Whether a call needs no table of zones: its one text, if any, is `"UTC"` written out. */
export function usesNoZone(args: readonly ExpressionPlan[]): boolean {
  return args.every(
    (arg) => parseTypeName(arg.type).kind !== "string" || (arg.node === "literal" && arg.value === "UTC"),
  );
}

/** Microseconds of the units that are always of one length. */
const lengths: ReadonlyMap<string, number> = new Map([
  ["second", durationUnits.s],
  ["minute", durationUnits.m],
  ["hour", durationUnits.h],
  ["day", durationUnits.d],
  ["week", 7 * durationUnits.d],
]);

/** A unit as it is written, `"hour"` or `"hours"`, in the singular. */
export function unitOf(constant: Constant | undefined): string {
  return typeof constant === "string" ? constant.replace(/s$/, "") : "";
}

/** The microseconds of a unit; `undefined` for those of no fixed length. */
export function lengthOf(unit: string): number | undefined {
  return lengths.get(unit);
}
