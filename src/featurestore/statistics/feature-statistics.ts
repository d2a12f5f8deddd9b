import type { Micros, TypeName, Value } from "../../core/index.ts";
import type { OutputColumn } from "../offline/index.ts";

/** Which rows of a training set are looked at. */
export type StatsPart = "train" | "holdout" | "all";

/** Rows that were described: all of a part of a training set whose moments lie in a period. */
export interface StatsSubject {
  /** The training set's folder, as it was given; `null` where the set was made for this and is gone. */
  readonly folder: string | null;
  readonly vector: string;
  readonly fingerprint: string;
  readonly inputsDigest: string;
  readonly part: StatsPart;
  /** The period asked for: its beginning is in it, its end is not. */
  readonly from: Micros | null;
  readonly to: Micros | null;
  readonly rows: number;
  /** The moments of the first and the last of the rows. */
  readonly first: Micros | null;
  readonly last: Micros | null;
}

/**
 * What a column's numbers are of: its values (of moments microseconds since 1970, of dates days, of durations microseconds, of truth
 * values 0 and 1), the length of its lists, the Euclidean norm of its embeddings; `null` for texts.
 */
export type Measure = "value" | "length" | "norm" | null;

/** Numbers of equal width between two values. */
export interface Histogram {
  /** One more than there are bins. A bin holds its lower edge, and the last one both, as in numpy. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Values below the first edge and above the last: not 0 where the tails are long, and the edges are the 1st and the 99th percentile. */
  readonly below: number;
  readonly above: number;
}

/** The distribution of some numbers. */
export interface NumberStats {
  readonly min: number;
  readonly max: number;
  /** The mean and the sample deviation, of exact sums; the deviation of one value is `null`. */
  readonly mean: number;
  readonly std: number | null;
  readonly zeros: number;
  /** Exact and linear between neighbours (type 7). */
  readonly quantiles: readonly { readonly share: number; readonly value: number }[];
  readonly histogram: Histogram;
}

/** A value and how often it stands there. */
export interface TopValue {
  readonly value: Value;
  readonly count: number;
}

/** What a column holds in the rows of one subject. */
export interface ColumnSummary {
  readonly rows: number;
  /** How many rows have a value, and what share of all that is; `null` where there is no row. */
  readonly present: number;
  readonly presence: number | null;
  /** How many different values there are; `null` for lists and embeddings. */
  readonly distinct: number | null;
  readonly numbers: NumberStats | null;
  /** The most frequent values, those of equal frequency in order; none of lists and embeddings. */
  readonly top: readonly TopValue[];
}

/** A bin of {@link Drift}. The first and last of numbers are open: `null`. */
export type DriftBin = { readonly expected: number; readonly actual: number } & (
  | {
      readonly of: "range";
      readonly from: number | null;
      readonly to: number | null;
      /** Whether the ends themselves lie in the bin. */
      readonly holdsFrom: boolean;
      readonly holdsTo: boolean;
    }
  | { readonly of: "value"; readonly value: Value }
  | { readonly of: "others" | "missing" }
);

/** How far the rows compared lie from those they are compared with. */
export interface Drift {
  /** The population stability index over {@link bins}; `null` where one side has no rows. */
  readonly psi: number | null;
  /** What is commonly said of that index: below 0.1, below 0.25, from there on. */
  readonly verdict: "stable" | "moderate" | "large" | null;
  /** Of numbers: the largest distance of the two distribution functions, and how probable one as large is among samples of one distribution. */
  readonly ks: { readonly statistic: number; readonly p: number } | null;
  /** Of texts and truth values: half the sum of the differences of all shares. */
  readonly totalVariation: number | null;
  /** The presence there less the presence here. */
  readonly presence: number | null;
  readonly bins: readonly DriftBin[];
}

/** A column described, and compared where there is something to compare it with. */
export interface ColumnStats extends ColumnSummary {
  readonly name: string;
  readonly role: OutputColumn["role"];
  readonly type: TypeName;
  readonly measure: Measure;
  /** The same column in the rows compared with; `null` where there are none, or no such column. */
  readonly against: ColumnSummary | null;
  readonly drift: Drift | null;
}

/** How strongly a feature goes with a label, over the rows that have both. Measures that do not apply are `null`. */
export interface Association {
  readonly column: string;
  readonly label: string;
  /** How many rows have both. */
  readonly rows: number;
  /** From -1 to 1. */
  readonly pearson: number | null;
  readonly spearman: number | null;
  /** Eta: the root of the share of a number's variance that lies between the classes of the other column. From 0 to 1. */
  readonly correlationRatio: number | null;
  /** In nats. */
  readonly mutualInformation: number | null;
  /** Corrected for chance. From 0 to 1. */
  readonly cramersV: number | null;
  /** The largest of the measures from 0 to 1, corrected for chance; what the order goes by. */
  readonly strength: number | null;
  /** Which measure that is. */
  readonly by: "pearson" | "spearman" | "correlationRatio" | "cramersV" | null;
}

/** Everything that {@link featureStats} finds. The same inputs give the same object, and it holds no time of day. */
export interface FeatureStats {
  readonly version: 1;
  readonly subject: StatsSubject;
  readonly against: StatsSubject | null;
  readonly labels: readonly string[];
  /** In the order of the training set's files. */
  readonly columns: readonly ColumnStats[];
  /** Features by label, the strongest first: what to try first. */
  readonly associations: readonly Association[];
  /** What a reader should know: columns of one side alone, a feature that all but is the label. */
  readonly notes: readonly string[];
}
