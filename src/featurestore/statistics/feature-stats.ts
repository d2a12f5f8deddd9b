import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { type Micros, type Progress, silentProgress, TondoError } from "../../core/index.ts";
import { piiOutputs } from "../../dsl/index.ts";
import { Engine, type EngineOptions } from "../duckdb/index.ts";
import { associate } from "./associate.ts";
import { describeColumn, type DescribedColumn } from "./describe-column.ts";
import type { Association, FeatureStats, StatsSubject } from "./feature-statistics.ts";
import { hideValues } from "./hide-values.ts";
import { labelsOf, type MeasuredColumn, measuredColumns } from "./measured-column.ts";
import { findRows, type FoundRows, hasColumn, hasHoldout, rowsSql, type StatsRows, subjectOf } from "./set-rows.ts";
import { defaultBins, defaultTop, maxBins, maxTop, suspectRows, suspectStrength } from "./statistics-limits.ts";

/** What to describe, and what to compare it with. */
export interface FeatureStatsOptions extends StatsRows {
  /**
   * Rows to compare with: set and part are those of the rows described where nothing is said of them. Default: the holdout of a set that has
   * one, where neither part nor period is given; `null` for none.
   */
  readonly against?: Partial<StatsRows> | null;
  /** Default: slots, labels and raw features. */
  readonly columns?: readonly string[];
  /** The labels that features are held against; default: all. */
  readonly labels?: readonly string[];
  /** How many bins a histogram has; default 20. */
  readonly bins?: number;
  /** How many of the most frequent values are kept; default 10. */
  readonly top?: number;
  /** What the paths of sets are relative to; default: the working folder. */
  readonly folder?: string;
  /** Where nothing is said of a spill folder, it spills to the system's for temporary files. */
  readonly engine?: EngineOptions;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Describes the features of a training set: presence, distribution, most frequent values, drift against other rows, and how
 * strongly each goes with the labels. All of it is exact, and neither the order of rows nor threads change a bit; memory is
 * bounded by the engine's, which spills.
 *
 * @example
 * ```ts
 * const stats = await featureStats({ set: "training/eta", against: { part: "holdout" } });
 * stats.associations[0]; // { column: "prep", label: "minutes", pearson: 0.71, spearman: 0.69, ... }
 * ```
 * @throws TondoError `MANIFEST_INVALID`, `INVALID_ARGUMENT` for a part, column, label or period that is none, `SOURCE_CHANGED`,
 * `SOURCE_UNREADABLE`, `LIMIT_EXCEEDED` where memory and spill folder do not suffice, `ABORTED`
 */
export async function featureStats(options: FeatureStatsOptions): Promise<FeatureStats> {
  const { bins = defaultBins, top = defaultTop } = options;
  checkCount("bins", bins, 1, maxBins);
  checkCount("top", top, 0, maxTop);
  const folder = resolve(options.folder ?? ".");
  const here = await findRows(options, folder);
  const other = otherRows(options, here);
  const there = other === null ? null : await findRows(other, folder);
  const engine = await Engine.open({ ...options.engine, spillFolder: options.engine?.spillFolder ?? tmpdir() });
  try {
    await engine.watch((rows) => options.progress?.within?.(rows));
    return await new Work(engine, options, here, there).run(bins, top);
  } finally {
    engine.close();
  }
}

/** What the rows described are compared with. */
function otherRows({ set, part, from, to, against }: FeatureStatsOptions, here: FoundRows): StatsRows | null {
  if (against !== undefined)
    return against === null ? null : { set, ...(part === undefined ? {} : { part }), ...against };
  const isWhole = part === undefined && from === undefined && to === undefined;
  return isWhole && hasHoldout(here.manifest) ? { set, part: "holdout" } : null;
}

function checkCount(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new TondoError(
    "INVALID_ARGUMENT",
    `${name}: ${String(value)} is no count from ${String(least)} to ${String(most)}`,
  );
}

const relation = "stats_rows";
const describedRows = "stats_described";

/** The steps of one description on one engine. */
class Work {
  readonly #engine: Engine;
  readonly #options: FeatureStatsOptions;
  readonly #here: FoundRows;
  readonly #there: FoundRows | null;
  readonly #progress: Progress;
  /** Columns of which no value is shown. */
  readonly #pii: ReadonlySet<string>;

  constructor(engine: Engine, options: FeatureStatsOptions, here: FoundRows, there: FoundRows | null) {
    this.#engine = engine;
    this.#options = options;
    this.#here = here;
    this.#there = there;
    this.#progress = options.progress ?? silentProgress;
    const sides = there === null ? [here] : [here, there];
    this.#pii = new Set(sides.flatMap(({ manifest }) => [...piiOutputs(manifest.vector.plan)]));
  }

  async run(bins: number, top: number): Promise<FeatureStats> {
    const { signal } = this.#options;
    const labels = labelsOf(this.#here.manifest, this.#options.labels);
    const columns = measuredColumns(this.#here.manifest, this.#options.columns, labels);
    const [subject, against] = await this.#openRows(columns);
    this.#progress.start("describing columns", columns.length);
    const found: DescribedColumn[] = [];
    for (const [i, column] of columns.entries()) {
      const isCompared = against !== null && this.#there !== null && hasColumn(this.#there.manifest, column);
      const described = await describeColumn({
        ...{ engine: this.#engine, rows: relation, column, bins, top, signal },
        here: subject.rows,
        against: isCompared ? against.rows : null,
      });
      found.push(described);
      this.#progress.update(i + 1);
    }
    this.#progress.finish(`${String(columns.length)} columns of ${String(subject.rows)} rows`);
    const associations = await this.#associate(found, labels);
    return {
      version: 1,
      subject,
      against,
      labels,
      columns: found.map(({ stats }) => (this.#pii.has(stats.name) ? hideValues(stats) : stats)),
      associations,
      notes: [...this.#hidden(columns), ...this.#differences(columns), ...suspicions(associations)],
    };
  }

  /** Makes the views of the rows, and counts them. */
  async #openRows(columns: readonly MeasuredColumn[]): Promise<readonly [StatsSubject, StatsSubject | null]> {
    const { signal } = this.#options;
    const sides = [await rowsSql(this.#engine, this.#here, columns, 0)];
    if (this.#there !== null) sides.push(await rowsSql(this.#engine, this.#there, columns, 1));
    const doing = "reading the training set";
    await this.#engine.run(`create or replace temp view ${relation} as ${sides.join(" union all ")}`, doing);
    await this.#engine.run(
      `create or replace temp view ${describedRows} as select * from ${relation} where side = 0`,
      doing,
    );
    const rows = await this.#engine.rows(
      `select side::double as side, count(*)::double as n, min(moment)::double as first, max(moment)::double as last from ${relation} group by side`,
      doing,
      signal,
    );
    const subject = (found: FoundRows, side: number): StatsSubject => {
      const row = rows.find((one) => one["side"] === side);
      const moment = (name: string): Micros | null => (typeof row?.[name] === "number" ? row[name] : null);
      return subjectOf(found, { rows: Number(row?.["n"] ?? 0), first: moment("first"), last: moment("last") });
    };
    return [subject(this.#here, 0), this.#there === null ? null : subject(this.#there, 1)];
  }

  async #associate(columns: readonly DescribedColumn[], labels: readonly string[]): Promise<readonly Association[]> {
    const features = columns.filter(({ column: { role } }) => role !== "label" && role !== "at");
    const against = columns.filter(({ column: { name, role } }) => role === "label" && labels.includes(name));
    if (features.length === 0 || against.length === 0) return [];
    this.#progress.start("holding features against labels", features.length * against.length);
    const found = await associate(this.#engine, describedRows, features, against, this.#options.signal, (done) => {
      this.#progress.update(done);
    });
    this.#progress.finish();
    return found;
  }

  #hidden(columns: readonly MeasuredColumn[]): readonly string[] {
    const names = columns.map(({ name }) => name).filter((name) => this.#pii.has(name));
    return names.length === 0 ? [] : [`${names.join(", ")}: personal data, of which no value is shown`];
  }

  #differences(columns: readonly MeasuredColumn[]): readonly string[] {
    const there = this.#there;
    if (there === null) return [];
    const notes: string[] = [];
    for (const column of columns.filter((one) => !hasColumn(there.manifest, one))) {
      const other = there.manifest.columns.find(({ name }) => name === column.name);
      notes.push(
        other === undefined
          ? `${column.name} is not compared: ${there.shown} has no such column`
          : `${column.name} is not compared: it is ${column.type} here and ${other.type} in ${there.shown}`,
      );
    }
    return notes;
  }
}

function suspicions(associations: readonly Association[]): readonly string[] {
  return associations
    .filter(({ strength, rows }) => strength !== null && strength >= suspectStrength && rows >= suspectRows)
    .map(
      ({ column, label }) => `${column} all but gives ${label} away: make sure that it is known before the label is`,
    );
}
