import { ExactSum } from "../../core/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { isCoarse, zoomedIn } from "./centred-column.ts";
import { exactGroups } from "./exact-aggregates.ts";
import type { Correlated } from "./pearson.ts";
import { rowsPerClass } from "./statistics-limits.ts";

/** How much a column of classes says of a number. */
export interface CorrelationRatio {
  /** Eta. */
  readonly ratio: number;
  /** The root of epsilon squared: eta without what so many classes explain by chance; 0 where that is all. */
  readonly corrected: number;
  /** Whether there are {@link rowsPerClass} rows a class, so that the correction can be relied on. */
  readonly isSound: boolean;
}

/**
 * The correlation ratio eta: the root of the share of a number's variance that lies between the means of the classes. Beside it the
 * root of Kelley's epsilon squared, 1 - (1 - eta^2) (n - 1) / (n - k), which many classes do not drive to 1. `null`
 * where the number is constant, or there is one row.
 *
 * Source: K. Pearson, 1905; T. L. Kelley, An unbiased correlation ratio measure, 1935.
 *
 * @param classes SQL of what rows are classed by
 */
export async function correlationRatio(
  engine: Engine,
  rows: string,
  { scaled, z }: Correlated,
  classes: string,
  signal: AbortSignal | undefined,
): Promise<CorrelationRatio | null> {
  const there = `(select * from ${rows} where (${classes}) is not null and (${z}) is not null)`;
  const sums = await classSums(engine, there, z, classes, signal);
  if (!isCoarse(sums.whole, sums.n)) return ratioOf(sums);
  const closer = await zoomedIn(engine, there, scaled, "true", signal);
  return closer === undefined ? null : ratioOf(await classSums(engine, there, closer, classes, signal));
}

/** What the rows of all classes come to. */
interface ClassSums {
  readonly n: number;
  readonly classes: number;
  readonly isConstant: boolean;
  /** The sums of squares of distances from the mean: of all rows, and of the means of their classes. */
  readonly whole: number;
  readonly between: number;
}

function ratioOf({ n, classes: k, isConstant, whole, between }: ClassSums): CorrelationRatio | null {
  if (isConstant) return null;
  const ratio = Math.min(1, Math.max(0, between / whole));
  const corrected = n > k ? Math.max(0, 1 - ((1 - ratio) * (n - 1)) / (n - k)) : 0;
  return { ratio: Math.sqrt(ratio), corrected: Math.sqrt(corrected), isSound: n >= k * rowsPerClass };
}

async function classSums(
  engine: Engine,
  rows: string,
  number: string,
  classes: string,
  signal: AbortSignal | undefined,
): Promise<ClassSums> {
  const sums = ["1::double", number, `${number} * ${number}`].map((x) => ({ name: "sum" as const, x }));
  const ends = (["min", "max"] as const).map((name) => ({ name, x: number }));
  const of = [...sums, ...ends];
  const groups = exactGroups({ engine, rows, of, by: classes, doing: "comparing classes", signal });
  const [count, total, squares, between] = [new ExactSum(), new ExactSum(), new ExactSum(), new ExactSum()];
  let [k, min, max] = [0, Infinity, -Infinity];
  for await (const values of groups) {
    const [size = null, sum = null, square = null, least = null, most = null] = values;
    if (size === null || sum === null || square === null) continue;
    k++;
    count.add(size);
    total.add(sum);
    squares.add(square);
    between.add((sum * sum) / size);
    min = Math.min(min, least ?? min);
    max = Math.max(max, most ?? max);
  }
  const n = count.value() ?? 0;
  const rest = n === 0 ? 0 : ((total.value() ?? 0) * (total.value() ?? 0)) / n;
  const whole = (squares.value() ?? 0) - rest;
  return { n, classes: k, isConstant: min >= max, whole, between: (between.value() ?? 0) - rest };
}

/** How much two columns of classes say of each other. */
export interface Contingency {
  /** In nats. */
  readonly mutualInformation: number;
  /** Cramér's V, corrected for chance; `null` where a column has one class. */
  readonly cramersV: number | null;
  /** Whether there are {@link rowsPerClass} rows a class of either column. */
  readonly isSound: boolean;
}

/**
 * Mutual information, the sum over all pairs of classes of p(x, y) ln(p(x, y) / (p(x) p(y))), and Cramér's V as Bergsma corrects it
 * for the association that many classes show by chance. `null` where no row has both.
 *
 * Source: C. E. Shannon, 1948 (scikit-learn's mutual_info_score); H. Cramér, 1946; W. Bergsma, A bias-correction for
 * Cramér's V and Tschuprow's T, 2013.
 */
export async function contingency(
  engine: Engine,
  rows: string,
  x: string,
  y: string,
  signal: AbortSignal | undefined,
): Promise<Contingency | null> {
  const sql = `with cells as (select ${x} as x, ${y} as y, count(*) as n from ${rows}
       where (${x}) is not null and (${y}) is not null group by 1, 2),
     xs as (select x, sum(n) as nx from cells group by x), ys as (select y, sum(n) as ny from cells group by y)
     select n::double, nx::double, ny::double, (select count(*) from xs)::double, (select count(*) from ys)::double,
       (select sum(n) from cells)::double from cells join xs using (x) join ys using (y)`;
  const [information, squares] = [new ExactSum(), new ExactSum()];
  let [r, k, total] = [0, 0, 0];
  for await (const chunk of engine.chunks(sql, "comparing classes", signal)) {
    const [ns, nxs, nys, rs, ks, totals] = [0, 1, 2, 3, 4, 5].map((i) => chunk.column(i, "number"));
    [r, k, total] = [Number(rs?.[0]), Number(ks?.[0]), Number(totals?.[0])];
    for (let i = 0; i < chunk.rows; i++) {
      const [n, nx, ny] = [Number(ns?.[i]), Number(nxs?.[i]), Number(nys?.[i])];
      information.add((n / total) * Math.log((n / nx) * (total / ny)));
      squares.add((n / nx) * (n / ny));
    }
  }
  if (total === 0) return null;
  const mutualInformation = Math.max(0, information.value() ?? 0);
  if (r < 2 || k < 2) return { mutualInformation, cramersV: null, isSound: false };
  const phi = Math.max(0, (squares.value() ?? 0) - 1 - ((r - 1) * (k - 1)) / (total - 1));
  const corrected = (classes: number): number => classes - ((classes - 1) * (classes - 1)) / (total - 1);
  const room = Math.min(corrected(r), corrected(k)) - 1;
  const isSound = total >= Math.max(r, k) * rowsPerClass;
  return { mutualInformation, cramersV: room > 0 ? Math.min(1, Math.sqrt(phi / room)) : 0, isSound };
}
