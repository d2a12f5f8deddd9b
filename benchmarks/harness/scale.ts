/**
 * `TONDO_BENCH_SCALE=0.05` runs the same cases over a twentieth of the data, to try them out: results are compared as ever, and figures of so little
 * say little.
 */
export const benchScale: number = Number(process.env["TONDO_BENCH_SCALE"] ?? 1);
if (!(benchScale > 0 && benchScale <= 1)) {
  throw new Error(`TONDO_BENCH_SCALE: ${String(benchScale)} is not above 0 and at most 1`);
}

/** So many at full scale, and no fewer than `least`. */
export function scaled(count: number, least: number): number {
  return Math.max(Math.round(count * benchScale), least);
}
