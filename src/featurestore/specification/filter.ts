/**
 * What a filter compares with. In files moments are ISO 8601 texts; in calls a `Date` or microseconds as a bigint will do too. A manifest keeps
 * a bigint as its digits with an `n` behind.
 */
export type FilterValue = string | number | boolean | bigint | Date;

/**
 * What one column of the left rows must be; all that is said must hold. A comparison with a missing value is neither true nor false, as
 * in the language: the row is left out. `isMissing` asks for it.
 *
 * @example `{ column: "distance", atLeast: 100, lessThan: 2000 }`
 */
export interface Comparison {
  readonly column: string;
  readonly equals?: FilterValue;
  readonly notEquals?: FilterValue;
  readonly isIn?: readonly FilterValue[];
  readonly isNotIn?: readonly FilterValue[];
  readonly lessThan?: FilterValue;
  readonly atMost?: FilterValue;
  readonly greaterThan?: FilterValue;
  readonly atLeast?: FilterValue;
  /** Both ends included. */
  readonly between?: readonly [FilterValue, FilterValue];
  /** True: the column has no value; false: it has one. */
  readonly isMissing?: boolean;
}

/** The members of a {@link Comparison} that compare. */
export const comparisons: readonly ComparisonName[] = [
  "equals",
  "notEquals",
  "isIn",
  "isNotIn",
  "lessThan",
  "atMost",
  "greaterThan",
  "atLeast",
  "between",
  "isMissing",
];

/** What a {@link Comparison} compares by. */
export type ComparisonName = Exclude<keyof Comparison, "column">;

/** A condition on columns of the left rows. Rows for which it is true are kept. */
export type Filter =
  Comparison | { readonly all: readonly Filter[] } | { readonly any: readonly Filter[] } | { readonly not: Filter };

/** How deep filters may be nested, how many comparisons there may be in all, and how many values one may name. */
export const filterLimits: { readonly depth: number; readonly comparisons: number; readonly values: number } = {
  depth: 16,
  comparisons: 1000,
  values: 10_000,
};

/** The comparisons of filters, wherever they stand, with their paths below that of the filter. */
export function* comparisonsOf(
  filter: Filter,
  path: readonly (string | number)[] = [],
): Generator<{ readonly comparison: Comparison; readonly path: readonly (string | number)[] }> {
  if ("all" in filter) for (const [i, part] of filter.all.entries()) yield* comparisonsOf(part, [...path, "all", i]);
  else if ("any" in filter)
    for (const [i, part] of filter.any.entries()) yield* comparisonsOf(part, [...path, "any", i]);
  else if ("not" in filter) yield* comparisonsOf(filter.not, [...path, "not"]);
  else yield { comparison: filter, path };
}
