import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Pivots and eigenvalues below this part of the largest count as zero. */
const negligible = 1e-12;

/**
 * The x of least length that comes closest to A x = b, for a symmetric A without negative eigenvalues, given row by
 * row. Where A is singular (duplicate columns, fewer rows than columns) directions it says nothing about get zero.
 */
export function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array {
  const size = b.length;
  if (size === 0) return new Float64Array(0);
  const matrix = Matrix.from1DArray(size, size, a);
  const right = Matrix.columnVector(b);
  const cholesky = new CholeskyDecomposition(matrix);
  if (cholesky.isPositiveDefinite() && wellConditioned(cholesky.lowerTriangularMatrix)) {
    return Float64Array.from(cholesky.solve(right).getColumn(0));
  }
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const smallest = negligible * Math.max(...values);
  const parts = vectors.transpose().mmul(right);
  values.forEach((value, i) => {
    parts.set(i, 0, value > smallest ? parts.get(i, 0) / value : 0);
  });
  return Float64Array.from(vectors.mmul(parts).getColumn(0));
}

function wellConditioned(lower: Matrix): boolean {
  const pivots = lower.diagonal();
  const least = Math.min(...pivots);
  return least * least > negligible * Math.max(...pivots) ** 2;
}
