import type { Engine } from "../duckdb/index.ts";
import { contingency, correlationRatio } from "./class-association.ts";
import type { DescribedColumn } from "./describe-column.ts";
import type { Association } from "./feature-statistics.ts";
import type { MeasuredColumn } from "./measured-column.ts";
import { type Correlated, pearson } from "./pearson.ts";
import { type RankedLabel, rankLabel, spearman } from "./spearman.ts";
import { columnsPerPass, fewClasses, maxClasses, rowsPerClass } from "./statistics-limits.ts";

/**
 * Holds features against labels: numbers against numbers by Pearson and Spearman, classes (texts, truth values, whole numbers of few
 * different values) against numbers by the correlation ratio, classes against texts and truth values by mutual information and
 * Cramér's V. Lists and embeddings are left out. The result is by label, the strongest feature first.
 */
export async function associate(
  engine: Engine,
  rows: string,
  features: readonly DescribedColumn[],
  labels: readonly DescribedColumn[],
  signal: AbortSignal | undefined,
  done: (pairs: number) => void,
): Promise<readonly Association[]> {
  const found: Association[] = [];
  for (const label of labels) {
    const own: Association[] = [];
    const y = numbersOf(label);
    const ranked = y === undefined ? undefined : await rankLabel(engine, rows, label.column.counted, y.sums.n, signal);
    const comparable = features.filter(({ column }) => isScalarColumn(column));
    for (let from = 0; from < comparable.length; from += columnsPerPass) {
      const some = comparable.slice(from, from + columnsPerPass);
      const counts = await countsOf(engine, rows, some, label, signal);
      const linear = await linearOf(engine, rows, some, label, counts, signal);
      for (const [i, feature] of some.entries()) {
        const both = { rows: counts[i] ?? 0, linear: linear[i] ?? null, ranked };
        own.push(await associationOf(engine, rows, feature, label, both, signal));
        done(found.length + own.length);
      }
    }
    // A sort is stable: features of equal strength stay in the order of the files.
    own.sort((a, b) => (b.strength ?? -1) - (a.strength ?? -1));
    found.push(...own);
  }
  return found;
}

/** Pearson's correlation where both are numbers. */
async function linearOf(
  engine: Engine,
  relation: string,
  features: readonly DescribedColumn[],
  label: DescribedColumn,
  counts: readonly number[],
  signal: AbortSignal | undefined,
): Promise<readonly (number | null)[]> {
  const y = numbersOf(label);
  const xs = features.map(numbersOf);
  if (y === undefined) return xs.map(() => null);
  const pairs = xs.flatMap((x, i) => (x === undefined ? [] : [{ x, y, rows: counts[i] ?? 0 }]));
  const results = await pearson(engine, relation, pairs, signal);
  let next = 0;
  return xs.map((x) => (x === undefined ? null : (results[next++] ?? null)));
}

/** How many rows have each feature and the label. */
async function countsOf(
  engine: Engine,
  rows: string,
  features: readonly DescribedColumn[],
  label: DescribedColumn,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const counts = features.map(
    ({ column }, i) => `count(*) filter (where (${column.counted}) is not null)::double as n${String(i)}`,
  );
  const [row] = await engine.rows(
    `select ${counts.join(", ")} from ${rows} where (${label.column.counted}) is not null`,
    "counting rows",
    signal,
  );
  return features.map((_, i) => Number(row?.[`n${String(i)}`] ?? 0));
}

/** What is known of a pair before it is looked at closer. */
interface Pair {
  readonly rows: number;
  readonly linear: number | null;
  readonly ranked: RankedLabel | undefined;
}

async function associationOf(
  engine: Engine,
  relation: string,
  feature: DescribedColumn,
  label: DescribedColumn,
  { rows, linear, ranked }: Pair,
  signal: AbortSignal | undefined,
): Promise<Association> {
  const [x, y] = [feature.column.counted, label.column.counted];
  const [number, labelNumber] = [numbersOf(feature), numbersOf(label)];
  const ranks =
    number === undefined || ranked === undefined ? null : await spearman(engine, relation, x, ranked, rows, signal);
  const isBool = feature.column.kind === "bool";
  // Of two classes eta is the magnitude of Pearson's correlation.
  const ratio =
    isClass(feature) && labelNumber !== undefined && !isBool
      ? await correlationRatio(engine, relation, labelNumber, x, signal)
      : number !== undefined && label.column.kind === "string"
        ? await correlationRatio(engine, relation, number, y, signal)
        : null;
  const classes =
    isClass(feature) && (label.column.kind === "string" || label.column.kind === "bool")
      ? await contingency(engine, relation, x, y, signal)
      : null;
  const measures = {
    // Of ranks it is known for certain whether a column is constant.
    pearson: ranks === null ? null : linear,
    spearman: ranks,
    correlationRatio: ratio?.ratio ?? null,
    cramersV: classes?.cramersV ?? null,
  };
  const { strength, by } = strongest({
    ...measures,
    correlationRatio: ratio?.isSound === true ? ratio.corrected : null,
    cramersV: classes?.isSound === true ? classes.cramersV : null,
  });
  return {
    column: feature.column.name,
    label: label.column.name,
    rows,
    ...measures,
    mutualInformation: classes?.mutualInformation ?? null,
    strength,
    by,
  };
}

function strongest(
  measures: Readonly<Record<NonNullable<Association["by"]>, number | null>>,
): Pick<Association, "strength" | "by"> {
  let found: Pick<Association, "strength" | "by"> = { strength: null, by: null };
  for (const by of ["pearson", "spearman", "correlationRatio", "cramersV"] as const) {
    const value = measures[by];
    // Of two classes several measures are one but for rounding: the first one named is kept.
    if (value !== null && Math.abs(value) > (found.strength ?? -1) + 1e-12) found = { strength: Math.abs(value), by };
  }
  return found;
}

/** How a column's numbers are summed; `undefined` of texts, and where there is none. */
function numbersOf({ column, numbers }: DescribedColumn): Correlated | undefined {
  return column.measure === "value" && numbers !== null && numbers.sums.n > 0 ? numbers : undefined;
}

function isScalarColumn({ kind, measure }: MeasuredColumn): boolean {
  return kind === "string" || measure === "value";
}

/** Whether a column's values are classes. An identifier is none, and grouping by it costs most of all. */
function isClass({ column: { kind }, stats: { present, distinct } }: DescribedColumn): boolean {
  const classes = distinct ?? 0;
  if (kind === "string") return classes <= fewClasses || classes * rowsPerClass <= present;
  return kind === "bool" || (kind === "int" && classes <= maxClasses);
}
