import { type Micros, type Moment, toMicros } from "../../../core/index.ts";
import type { VectorPlan } from "../../../dsl/index.ts";
import {
  type ByHash,
  checkPeriods,
  type Comparison,
  type Holdout,
  normalComparison,
  type Period,
  specificationError,
  type Split,
} from "../../specification/index.ts";
import { heldColumn } from "../rows/make-left-table.ts";

/** A stretch of time in microseconds; `null`: without that end. */
export interface PeriodMicros {
  readonly from: Micros | null;
  readonly to: Micros | null;
}

/** What is held out: a period, or rows chosen by their columns. */
export type HoldoutMicros = PeriodMicros | Required<ByHash> | Comparison;

/** A split in microseconds, as a manifest keeps it. */
export interface SplitMicros {
  readonly train: PeriodMicros;
  readonly holdout: HoldoutMicros | null;
  /** Labels known later than this are not mature; `null`: all are. */
  readonly cutoff: Micros | null;
}

/** Whether it is a period that is held out. */
export function isPeriod(holdout: HoldoutMicros | null): holdout is PeriodMicros {
  return holdout !== null && "from" in holdout;
}

/**
 * @param keys what a holdout by hash is of where it does not say
 * @throws TondoError `SPECIFICATION_INVALID` where a period is empty or the two overlap, `INVALID_ARGUMENT` where a moment is none
 */
export function splitMicros(split: Split, cutoff: Moment | undefined, keys: readonly string[]): SplitMicros {
  const problems = checkPeriods(split);
  if (problems.length > 0) throw specificationError(problems);
  const holdout = split.holdout === undefined ? null : holdoutMicros(split.holdout, keys);
  const train = split.train === undefined ? besides(holdout) : periodMicros(split.train, "train");
  return { train, holdout, cutoff: cutoff === undefined ? null : toMicros(cutoff, "cutoff") };
}

/** What trains beside a holdout where nothing is said: what lies before it. */
function besides(holdout: HoldoutMicros | null): PeriodMicros {
  if (!isPeriod(holdout)) return { from: null, to: null };
  return holdout.from === null ? { from: holdout.to, to: null } : { from: null, to: holdout.from };
}

function holdoutMicros(holdout: Holdout, keys: readonly string[]): HoldoutMicros {
  if ("column" in holdout) return normalComparison(holdout);
  if ("fraction" in holdout) return { fraction: holdout.fraction, seed: holdout.seed ?? 0, by: holdout.by ?? keys };
  return periodMicros(holdout, "holdout");
}

function periodMicros({ from, to }: Period, name: string): PeriodMicros {
  return {
    from: from === undefined ? null : toMicros(from, `${name}.from`),
    to: to === undefined ? null : toMicros(to, `${name}.to`),
  };
}

/** Where a row goes. */
export const parts = [
  "train",
  "holdout",
  "filtered",
  "unsampled",
  "unlabelled",
  "immature",
  "embargoed",
  "outside",
  "surplus",
] as const;

/** See {@link parts}. */
export type Part = (typeof parts)[number];

/**
 * SQL of a row's part: contract 5. `label` gives the SQL of label `i`, `known` that of the moment at which its `j`th cause was known. A label is mature
 * where all that it was made of was known by the cutoff; a row that trains before a holdout and whose label was known only after that began
 * is embargoed: in real life that model could not have learnt it. A model trained behind its holdout is another question, and may know it.
 */
export function partSql(
  vector: VectorPlan,
  split: SplitMicros,
  label: (i: number) => string,
  known: (label: number, cause: number) => string,
): string {
  const within = (period: PeriodMicros): string =>
    [
      ...(period.from === null ? [] : [`q >= ${String(period.from)}`]),
      ...(period.to === null ? [] : [`q < ${String(period.to)}`]),
      "true",
    ].join(" and ");
  const knownBy = (limit: string): string => {
    const conditions = vector.labels.flatMap((plan, i) =>
      plan.known.map((_, j) => `(${label(i)} is null or coalesce(${known(i, j)} <= ${limit}, false))`),
    );
    return [...conditions, "true"].join(" and ");
  };
  // Without a cutoff a label is mature as soon as the moment it was known is known at all.
  const mature = knownBy(split.cutoff === null ? "9223372036854775807" : String(split.cutoff));
  const { holdout } = split;
  const held = holdout === null ? undefined : isPeriod(holdout) ? within(holdout) : heldColumn;
  // Rows that are held out by their columns are of the same time as those that train.
  const isBefore = isPeriod(holdout) && (split.train.from ?? -Infinity) < (holdout.from ?? -Infinity);
  const embargo = isBefore ? holdout.from : null;
  const timely = embargo === null ? "true" : knownBy(String(embargo));
  const labelled =
    vector.labels.length === 0 ? "true" : vector.labels.map((_, i) => `${label(i)} is not null`).join(" or ");
  return `case
    when not (${within(split.train)})${held === undefined ? "" : ` and not (${held})`} then 'outside'
    when not (${labelled}) then 'unlabelled'
    when not (${mature}) then 'immature'
    ${held === undefined ? "" : `when ${held} then 'holdout'`}
    when not (${timely}) then 'embargoed'
    else 'train' end`;
}
