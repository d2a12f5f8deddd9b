/** How many bins a histogram has, if nothing is said, and at most. */
export const defaultBins = 20;
export const maxBins = 1000;

/** How many of the most frequent values are kept, if nothing is said, and at most. */
export const defaultTop = 10;
export const maxTop = 1000;

/** Which quantiles are given; the first and the last are where a histogram ends whose tails are long: see {@link longTails}. */
export const quantileShares: readonly number[] = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

/** A histogram's edges are the first and the last of {@link quantileShares} where the whole range is more than so many times as wide. */
export const longTails = 4;

/** Into how many bins of equal frequency numbers are put for the stability index; as many values are bins of their own. */
export const driftBins = 10;

/** How many of the reference's most frequent texts are bins of their own. */
export const driftCategories = 20;

/** What a share of none counts as in the stability index, whose logarithm would be infinite. */
export const smallestShare = 1e-4;

/** Whole numbers of at most so many different values are taken for classes too. */
export const maxClasses = 100;

/** With fewer rows a class a column is an identifier, and what it seems to say of a label is chance: it counts as no strength. */
export const rowsPerClass = 5;

/** Texts with more different values than this, and fewer than {@link rowsPerClass} rows for each, are not held against labels at all. */
export const fewClasses = 1000;

/** From this strength on a feature is suspected to be the label in other clothes. */
export const suspectStrength = 0.98;

/** Of fewer rows any strength may be chance, and nothing is suspected. */
export const suspectRows = 20;

/** How many columns are summed in one pass over the files; planning more of them at once takes the engine longer than reading them again. */
export const columnsPerPass = 4;
