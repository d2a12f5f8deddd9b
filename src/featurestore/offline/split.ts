import { type Micros, type Moment, TondoError, toMicros } from "../../core/index.ts";
import type { VectorPlan } from "../../dsl/index.ts";

/** A stretch of time: from included, to excluded. */
export interface Period {
  readonly from?: Moment;
  readonly to?: Moment;
}

/** Which rows train and which judge, by the moment at which they ask. */
export interface Split {
  readonly train?: Period;
  readonly holdout?: Period;
}

/** A split in microseconds, as a manifest keeps it. */
export interface SplitMicros {
  readonly train: { readonly from: Micros | null; readonly to: Micros | null };
  readonly holdout: { readonly from: Micros | null; readonly to: Micros | null } | null;
  /** Labels known later than this are not mature; `null`: all are. */
  readonly cutoff: Micros | null;
}

/**
 * @throws TondoError `INVALID_ARGUMENT` where a period is empty or the two overlap
 */
export function splitMicros(split: Split, cutoff: Moment | undefined): SplitMicros {
  const period = ({ from, to }: Period, name: string): SplitMicros["train"] => {
    const micros = {
      from: from === undefined ? null : toMicros(from, `${name}.from`),
      to: to === undefined ? null : toMicros(to, `${name}.to`),
    };
    if (micros.from !== null && micros.to !== null && micros.from >= micros.to) {
      throw new TondoError("INVALID_ARGUMENT", `split: ${name} ends before it begins`, {
        hint: "`from` is included, `to` is not.",
      });
    }
    return micros;
  };
  const train = period(split.train ?? {}, "train");
  const holdout = split.holdout === undefined ? null : period(split.holdout, "holdout");
  if (
    holdout !== null &&
    (train.from ?? -Infinity) < (holdout.to ?? Infinity) &&
    (holdout.from ?? -Infinity) < (train.to ?? Infinity)
  ) {
    throw new TondoError("INVALID_ARGUMENT", "split: training and holdout overlap", {
      hint: "End one where the other begins.",
    });
  }
  return { train, holdout, cutoff: cutoff === undefined ? null : toMicros(cutoff, "cutoff") };
}

/** Where a row goes. */
export const parts = ["train", "holdout", "unlabelled", "immature", "embargoed", "outside"] as const;

/** See {@link parts}. */
export type Part = (typeof parts)[number];

/**
 * SQL of a row's part: contract 5. `label` gives the SQL of label `i`, `known` that of the moment at which its `j`th cause was known. A label is mature
 * where all that it was made of was known by the cutoff; a training row whose label was known only after the holdout began is
 * embargoed: in real life that model could not have learnt it.
 */
export function partSql(
  vector: VectorPlan,
  split: SplitMicros,
  label: (i: number) => string,
  known: (label: number, cause: number) => string,
): string {
  const within = (period: SplitMicros["train"]): string =>
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
  const embargo = split.holdout?.from ?? (split.holdout === null ? null : split.train.to);
  const timely = embargo === null ? "true" : knownBy(String(embargo));
  const labelled =
    vector.labels.length === 0 ? "true" : vector.labels.map((_, i) => `${label(i)} is not null`).join(" or ");
  return `case
    when not (${within(split.train)})${split.holdout === null ? "" : ` and not (${within(split.holdout)})`} then 'outside'
    when not (${labelled}) then 'unlabelled'
    when not (${mature}) then 'immature'
    ${split.holdout === null ? "" : `when ${within(split.holdout)} then 'holdout'`}
    when not (${timely}) then 'embargoed'
    else 'train' end`;
}
