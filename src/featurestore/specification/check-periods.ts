import { toMicros } from "../../core/index.ts";
import type { Problem } from "./shape.ts";
import type { Split } from "./specification.ts";

/** What is wrong with the periods of a split: one that is empty, holds out everything, or overlaps the other. */
export function checkPeriods({ train, holdout }: Split = {}): readonly Problem[] {
  const held = holdout !== undefined && !("column" in holdout) && !("fraction" in holdout) ? holdout : undefined;
  const [trained, judged] = [train, held].map((period) => ({
    from: period?.from === undefined ? -Infinity : toMicros(period.from),
    to: period?.to === undefined ? Infinity : toMicros(period.to),
  }));
  if (trained === undefined || judged === undefined) return [];
  const hint = "`from` is included, `to` is not.";
  const message = "ends before it begins";
  if (trained.from >= trained.to) return [{ path: ["split", "train"], message, hint }];
  if (held === undefined) return [];
  const path = ["split", "holdout"];
  if (held.from === undefined && held.to === undefined)
    return [{ path, message: "has neither a beginning nor an end", hint: "Say one, or leave the holdout out." }];
  if (judged.from >= judged.to) return [{ path, message, hint }];
  if (train === undefined || trained.from >= judged.to || judged.from >= trained.to) return [];
  return [{ path, message: "overlaps the training period", hint: "End one where the other begins." }];
}
