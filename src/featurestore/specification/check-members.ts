import { checkPeriods } from "./check-periods.ts";
import { type Comparison, comparisonsOf, type Filter, filterLimits } from "./filter.ts";
import { checkOutput } from "./output-shape.ts";
import type { Problem } from "./shape.ts";
import type { Specification } from "./specification.ts";

/** What no shape says: how many filters there may be and how deep, that ranges and periods are not empty, and what goes together. */
export function checkMembers({ filters = [], split, output }: Partial<Specification>): readonly Problem[] {
  const problems: Problem[] = [...checkOutput(output)];
  let n = 0;
  for (const [i, filter] of filters.entries()) {
    if (depthOf(filter) > filterLimits.depth)
      problems.push({ path: ["filters", i], message: `is nested more than ${String(filterLimits.depth)} deep` });
    for (const { comparison, path } of comparisonsOf(filter, ["filters", i])) {
      n++;
      problems.push(...emptyRange(comparison).map((message) => ({ path: [...path, "between"], message })));
    }
  }
  if (n > filterLimits.comparisons) {
    problems.push({
      path: ["filters"],
      message: `make ${String(n)} comparisons, and at most ${String(filterLimits.comparisons)} are taken`,
      hint: "Make a column of it in the rows.",
    });
  }
  problems.push(...checkPeriods(split));
  const holdout = split?.holdout;
  if (holdout !== undefined && "column" in holdout)
    problems.push(...emptyRange(holdout).map((message) => ({ path: ["split", "holdout", "between"], message })));
  return problems;
}

function depthOf(filter: Filter): number {
  if ("all" in filter) return 1 + Math.max(0, ...filter.all.map(depthOf));
  if ("any" in filter) return 1 + Math.max(0, ...filter.any.map(depthOf));
  return "not" in filter ? 1 + depthOf(filter.not) : 1;
}

function emptyRange({ between }: Comparison): readonly string[] {
  if (between === undefined) return [];
  const [low, high] = between;
  const isEmpty = typeof low === typeof high && typeof low === "number" && low > (high as number);
  return isEmpty ? ["begins behind its end"] : [];
}
