import type { AnyProject, FeatureName, LabelName, Moment, ProjectTypes, VectorName } from "../../core/index.ts";
import type { Comparison, Filter } from "./filter.ts";
import type { Output } from "./output.ts";

/** A stretch of time: from included, to excluded. */
export interface Period {
  readonly from?: Moment;
  readonly to?: Moment;
}

/**
 * A share of the rows, chosen by a hash of some of their columns: see {@link hashRule}. Neither the order of the rows nor which others there are
 * matters, so that a file that grew keeps those that it had.
 */
export interface ByHash {
  /** Of what is hashed, which share is taken; more than 0, less than 1. */
  readonly fraction: number;
  /** Another seed takes others; default 0. */
  readonly seed?: number;
  /** What is hashed: columns of the rows, and the moment's own. */
  readonly by?: readonly string[];
}

/**
 * Which rows judge: those of a period; a share of the keys, by hash (`by` is by default all keys of the vector: rows of the same keys
 * are on the same side); or those for which a column is something.
 */
export type Holdout = Period | ByHash | Comparison;

/** Which rows train and which judge. */
export interface Split {
  /** By the moment at which rows ask. Default: all rows that are not held out; with a period held out, those before it. */
  readonly train?: Period;
  /** Default: none. */
  readonly holdout?: Holdout;
}

/**
 * Fewer rows than there are: a share or a number of them, by hash. `by` is by default all keys and the moment. Of a number, those with the least
 * lots are taken: whether a row is among them depends on the others.
 */
export type Sampling = ByHash | (Omit<ByHash, "fraction"> & { readonly count: number });

/** Training rows of common values of a label are left out, by hash, until they are few enough. */
export interface ClassBalance {
  readonly label: string;
  /** No class keeps more than this many times the rows of the rarest one; at least 1, which is the default. */
  readonly ratio?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** A feature to be joined, and by which columns of the rows. */
export interface FeatureChoice<P extends ProjectTypes = AnyProject> {
  /** A canonical name. */
  readonly feature: FeatureName<P>;
  /** The columns of the rows that hold the key, in the order of the entity's; default: columns named like the entity's. */
  readonly key?: string | readonly string[];
  /** The column of the result; default `KEY__entity__group__feature`. */
  readonly as?: string;
}

/** A label that is a column of the rows. */
export interface ColumnLabel {
  readonly column: string;
  /** What it is: `bool`, `int`, `float`, or another type of numbers. */
  readonly type: string;
  /** The column of the moment at which it was known; default: with the row. */
  readonly known?: string;
}

/** A label that a forward window gives. */
export interface FeatureLabel {
  /** A canonical name. */
  readonly feature: string;
  /** See {@link FeatureChoice.key}. */
  readonly key?: string | readonly string[];
  /** The column of the result; default `KEY__entity__group__feature`. */
  readonly as?: string;
}

/**
 * What a training set is made from and into, as a file says it. `tondo.trainingSet` takes the same members, and values from the program
 * where a file has texts.
 */
export interface Specification<P extends ProjectTypes = AnyProject> {
  /** The JSON Schema of these files, for editors. */
  readonly $schema?: string;
  /** What the set is called; the name of its vector, where `features` are listed. */
  readonly name?: string;
  /** Who answers for it. */
  readonly owner?: string;
  /** What it is part of. */
  readonly project?: string;
  readonly description?: string;
  /** An applied vector; or else `features`. */
  readonly vector?: VectorName<P>;
  /** Stored features as they are, for programs that do the rest themselves; or else `vector`. */
  readonly features?: readonly (FeatureName<P> | FeatureChoice<P>)[];
  /** What is learnt. Of a vector: which of its labels, by default all. Of `features`: a column of the rows, or a forward window. */
  readonly label?: LabelChoice<P> | readonly LabelChoice<P>[];
  /** The left rows: Parquet or CSV, a path from the project folder. */
  readonly rows: string;
  /** The column of the rows that says when each asks; default `at`. */
  readonly at?: string;
  /** Further columns of the rows to carry into the files, for partitions and slices. */
  readonly carry?: readonly string[];
  /** Rows for which these are not all true are left out as they are read. */
  readonly filters?: readonly Filter[];
  /** Of the rows that the filters leave. Default: all. */
  readonly sampling?: Sampling;
  /** Default: all rows train. */
  readonly split?: Split;
  /** Labels known later are not mature, and their rows left out; default: none is left out for that. */
  readonly cutoff?: Moment;
  /** Training rows of common classes are left out; default: all are kept. */
  readonly classBalance?: ClassBalance;
  /**
   * When rows of groups that were materialized count as known: when they were first `applied` online, which is what was served (the default); or when they
   * say themselves, `declared`.
   */
  readonly knowledge?: Knowledge;
  /** Whether the raw values read are written beside the slots. */
  readonly raw?: boolean;
  /** The folder to make, from the project folder: Parquet; or with it what the files are. */
  readonly output: string | Output;
}

/** See {@link Specification.knowledge}. */
export type Knowledge = (typeof knowledges)[number];

/** The words for {@link Knowledge}. */
export const knowledges = ["applied", "declared"] as const;

/** See {@link Specification.label}. */
export type LabelChoice<P extends ProjectTypes = AnyProject> = LabelName<P> | ColumnLabel | FeatureLabel;

/**
 * How rows are chosen by hash, in words that the documentation has too. A row's lot is in [0, 1); a share are the rows whose lot is less than the
 * fraction, a number of rows those with the least lots.
 */
export const hashRule: string =
  "the MD5 of the seed in decimal and, for each column, U+001F and the value as text (U+001E alone where it is missing), all in UTF-8; " +
  "its first 13 hexadecimal digits, read as a number, divided by 2^52";
