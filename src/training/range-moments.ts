import { addCrossProducts, blockRows } from "./cross-products.ts";

/** What a linear fit needs to know of some rows: mergeable, and centred so that nothing cancels. */
export interface RangeMoments {
  readonly rows: number;
  /** Of each column. */
  readonly means: Float64Array;
  /** Σ (x_i - mean_i) (x_j - mean_j), row by row; only j <= i is filled. */
  readonly products: Float64Array;
  readonly least: Float64Array;
  readonly greatest: Float64Array;
}

/** The moments of the rows from `start` up to `end`, of at least one. */
export function rangeMoments(columns: readonly Float64Array[], start: number, end: number): RangeMoments {
  const size = columns.length;
  const means = new Float64Array(size);
  const least = new Float64Array(size).fill(Infinity);
  const greatest = new Float64Array(size).fill(-Infinity);
  columns.forEach((column, j) => {
    const first = column[start] ?? 0;
    let [sum, low, high] = [0, first, first];
    // Around the first value, so that a large common offset costs no digits.
    for (let i = start; i < end; i++) {
      const x = column[i] ?? 0;
      sum += x - first;
      if (x < low) low = x;
      if (x > high) high = x;
    }
    means[j] = first + sum / (end - start);
    least[j] = low;
    greatest[j] = high;
  });
  const products = new Float64Array(size * size);
  const block = new Float64Array(size * blockRows);
  for (let from = start; from < end; from += blockRows) {
    const count = Math.min(blockRows, end - from);
    columns.forEach((column, j) => {
      const mean = means[j] ?? 0;
      const base = j * blockRows;
      for (let i = 0; i < count; i++) block[base + i] = (column[from + i] ?? 0) - mean;
    });
    addCrossProducts(products, size, block, block, count);
  }
  return { rows: end - start, means, products, least, greatest };
}

/**
 * The moments of two sets of rows together: Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for
 * Computing Sample Variances" (1979).
 */
export function mergeMoments(a: RangeMoments, b: RangeMoments): RangeMoments {
  const size = a.means.length;
  const rows = a.rows + b.rows;
  const apart = a.means.map((mean, j) => (b.means[j] ?? 0) - mean);
  const products = a.products.slice();
  for (let i = 0; i < size; i++) {
    const factor = (apart[i] ?? 0) * ((a.rows / rows) * b.rows);
    for (let j = 0; j <= i; j++) {
      const at = i * size + j;
      products[at] = (products[at] ?? 0) + (b.products[at] ?? 0) + factor * (apart[j] ?? 0);
    }
  }
  return {
    rows,
    means: a.means.map((mean, j) => mean + (apart[j] ?? 0) * (b.rows / rows)),
    products,
    least: a.least.map((x, j) => Math.min(x, b.least[j] ?? x)),
    greatest: a.greatest.map((x, j) => Math.max(x, b.greatest[j] ?? x)),
  };
}
