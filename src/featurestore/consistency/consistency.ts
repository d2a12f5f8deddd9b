import { type Moment, parseTypeName, type Progress, silentProgress, TondoError, toMicros } from "../../core/index.ts";
import {
  functionLibrary,
  isSecondHop,
  readName,
  requireFunctions,
  storedNames,
  vectorFingerprint,
  type VectorPlan,
} from "../../dsl/index.ts";
import { type AppliedRows, type AppliedLog } from "../applied/index.ts";
import { Engine, type EngineOptions } from "../duckdb/index.ts";
import { type FilePlaces, holdingFiles } from "../offline/files/file-places.ts";
import { appliedGroups, appliedTo } from "../offline/sets/applied-groups.ts";
import { ofUnchanged, stampInputs } from "../offline/sets/input-files.ts";
import { digestSource, type SourceFile } from "../offline/sources/source-digests.ts";
import { compareOutput, type ComparedOutput, comparedTable, outputColumns, type ShownKey } from "./compare-output.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import type { LoadedGroup } from "./loaded-groups.ts";
import { chooseFiles, type LogChoice } from "./log-files.ts";
import { type LogRows, logTable, takeLogRows } from "./log-rows.ts";
import { hiddenOutputs } from "./hidden-outputs.ts";
import { type FitOf, type Replay, replay, type ReplayedOutput } from "./replay.ts";
import type { ConsistencyReport, ConsistencyWarning, OutputConsistency } from "./report.ts";
import { isInconsistent } from "./report-text.ts";
import { countedRequests, type LeftOut, warningsOf } from "./report-warnings.ts";
import { loadRequests, openLogFiles, type RequestLog } from "./request-log.ts";

/** How requests are compared. */
export interface ComparingOptions {
  /** Only requests of that moment on. */
  readonly since?: Moment;
  /** Only requests before that moment. */
  readonly until?: Moment;
  /** At most so many requests, drawn by a hash of their ids: the same ones each time. Default: all. */
  readonly rows?: number;
  /**
   * How much of the larger of two floats their difference may be to count as none; default 0: the same to the bit. Whole numbers, moments, truth
   * values and texts are the same or not.
   */
  readonly tolerance?: number;
  /** What joins take for the moments at which rows were known; default `"applied"`, as for training sets. */
  readonly knowledge?: "applied" | "declared";
  /** Leaves out, output by output, the rows for which agreement was never promised; they are counted. */
  readonly coveredOnly?: boolean;
  /** How many rows are shown of each output that differs; default 3. */
  readonly examples?: number;
  /** Key columns, inputs, features and slots whose values are never shown: the names of columns, canonical names or ids. */
  readonly pii?: readonly string[];
  /**
   * Columns that the log does not hold as they were, for it leaves them out or hashes them (`key__customer`): what is made from them is not compared. Default: those that
   * `open({ served: { pii } })` names.
   */
  readonly withheld?: Iterable<string>;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** What is replayed, and what it is held against. */
export interface ConsistencyOptions extends FilePlaces, ComparingOptions {
  readonly vector: VectorPlan;
  readonly log: RequestLog;
  /** What the online store holds of the groups that the vector reads (`entity:group`). */
  readonly loaded: ReadonlyMap<string, LoadedGroup>;
  /** What was fitted for a version of a model: slots of predictions are computed by it. */
  readonly fitOf?: FitOf;
  readonly engine?: EngineOptions;
}

/** See {@link ComparingOptions.examples}. */
export const defaultExamples = 3;
/** The most examples of an output. */
const maxExamples = 1_000;

/**
 * Replays logged requests through the training path, which is the join of training sets and the JavaScript that is generated for them, and says where
 * what was served is another value. The engine compares; memory is bounded by its own, which spills.
 *
 * @throws TondoError `ROWS_INVALID` where the log lacks a column or one is of another type, `INVALID_ARGUMENT`, `SOURCE_MISSING`, `SOURCE_CHANGED`,
 * `SOURCE_UNREADABLE`, `FUNCTION_UNKNOWN`, `FUNCTION_CHANGED`, `USER_FUNCTION_FAILED`, `PACKAGE_CORRUPT`, `PACKAGE_MISSING`, `LIMIT_EXCEEDED`, `ABORTED`
 */
export async function consistency(options: ConsistencyOptions): Promise<ConsistencyReport> {
  checkNumbers(options);
  const vector = servedPart(options.vector);
  requireFunctions(vector, functionLibrary(options.engine?.functions));
  const engine = await Engine.open(options.engine);
  try {
    await engine.watch((rows) => options.progress?.within?.(rows));
    return await holdingFiles(options, options, (held) => new Comparison(engine, vector, held).run());
  } finally {
    engine.close();
  }
}

/** What is served of a vector: labels are not, nor what only they read. */
function servedPart(vector: VectorPlan): VectorPlan {
  const read = new Set(vector.reads.map(({ entity, group }) => `${entity}:${group}`));
  const groups = vector.groups.filter(({ entity, name }) => read.has(`${entity}:${name}`));
  const sources = vector.sources.filter(({ name }) => groups.some(({ source }) => source === name));
  return { ...vector, labelColumns: [], labelReads: [], labels: [], groups, sources };
}

function checkNumbers({ rows, tolerance, examples }: ComparingOptions): void {
  const refuse = (name: string, value: number, is: string): never => {
    throw new TondoError("INVALID_ARGUMENT", `${name}: ${String(value)} is ${is}`);
  };
  if (rows !== undefined && !(Number.isSafeInteger(rows) && rows > 0)) refuse("rows", rows, "no number of rows");
  if (tolerance !== undefined && !(tolerance >= 0 && tolerance < 1))
    refuse("tolerance", tolerance, "no share from 0 to below 1");
  if (examples !== undefined && !(Number.isSafeInteger(examples) && examples >= 0 && examples <= maxExamples))
    refuse("examples", examples, `no number from 0 to ${String(maxExamples)}`);
}

const nothingLeftOut: LeftOut = { definitions: [], otherVectors: 0, untimed: 0, isUnsigned: false };

/** The steps of one comparison on one engine. */
class Comparison {
  readonly #engine: Engine;
  readonly #vector: VectorPlan;
  readonly #options: ConsistencyOptions;
  readonly #choice: LogChoice;
  readonly #progress: Progress;
  /** What is not to be shown. */
  readonly #hidden: ReadonlySet<string>;
  readonly #keys: readonly ShownKey[];

  constructor(engine: Engine, vector: VectorPlan, options: ConsistencyOptions) {
    const { since, until, pii = [], progress = silentProgress } = options;
    this.#engine = engine;
    this.#vector = vector;
    this.#options = options;
    this.#progress = progress;
    this.#hidden = hiddenOutputs(vector, pii);
    this.#keys = vector.keys.flatMap(({ name, type }, i): readonly ShownKey[] =>
      this.#hidden.has(name) ? [] : [{ name, kind: parseTypeName(type).kind, column: `key_${String(i)}` }],
    );
    this.#choice = {
      vector: vector.name,
      fingerprint: vectorFingerprint(options.vector),
      since: since === undefined ? undefined : toMicros(since, "since"),
      until: until === undefined ? undefined : toMicros(until, "until"),
    };
  }

  async run(): Promise<ConsistencyReport> {
    const { signal } = this.#options;
    this.#progress.start("reading the log of requests");
    const { log, leftOut } = await this.#takeRows();
    this.#progress.finish(`${String(log?.rows ?? 0)} requests`);
    if (log === undefined || log.rows === 0) return this.#report(log, leftOut, [], [], undefined, []);
    const inputs = { ...this.#options, vector: this.#vector, rows: [] };
    const before = await stampInputs(inputs);
    const files = new Map<string, readonly SourceFile[]>();
    for (const source of this.#vector.sources)
      files.set(source.name, await digestSource(source, this.#options, signal));
    const { knowledge = "applied", loaded } = this.#options;
    const loggedAt = log.logged("about", "logged_at");
    const coverage = coverageOf({ vector: this.#vector, loaded, files, knowledge, loggedAt });
    const applied = knowledge === "declared" ? undefined : this.#appliedRows(files);
    this.#progress.start("joining features", this.#units());
    const replayed = await ofUnchanged(inputs, before, async () => {
      const done = await replay({
        ...{ engine: this.#engine, vector: this.#vector, log, applied, signal, ...this.#places() },
        ...{ fitOf: this.#options.fitOf, progress: this.#progress },
      });
      const outputs = await this.#makeTable(done, log, coverage);
      return { ...done, outputs };
    });
    this.#progress.finish();
    const warnings = await this.#limits(coverage);
    const [features, slots] = await this.#compare(replayed.outputs);
    return this.#report(log, leftOut, features, slots, replayed, warnings);
  }

  #places(): FilePlaces {
    const { folder, remote, held } = this.#options;
    return { folder, remote, held };
  }

  #units(): number {
    return new Set(this.#vector.reads.map(({ entity, group, key }) => JSON.stringify([entity, group, key]))).size;
  }

  async #takeRows(): Promise<{ readonly log: LogRows | undefined; readonly leftOut: LeftOut }> {
    const { log, rows: sample, withheld = [], signal } = this.#options;
    const choice = { ...this.#choice, sample };
    if ("requests" in log) {
      const opened = await loadRequests(this.#engine, this.#vector, log.requests, signal);
      return { log: await takeLogRows(this.#engine, this.#vector, opened, choice, signal), leftOut: nothingLeftOut };
    }
    if (log.files.length === 0) return { log: undefined, leftOut: nothingLeftOut };
    const { files, ...leftOut } = await chooseFiles(this.#engine, log.files, this.#choice, signal);
    if (files.length === 0) return { log: undefined, leftOut };
    const opened = await openLogFiles(this.#engine, this.#vector, files, new Set(withheld));
    return { log: await takeLogRows(this.#engine, this.#vector, opened, choice, signal), leftOut };
  }

  /** When rows were first applied online, as training sets take it. */
  #appliedRows(files: ReadonlyMap<string, readonly SourceFile[]>): ReadonlyMap<string, AppliedRows> {
    const logs = new Map<string, AppliedLog>();
    for (const [name, { log }] of this.#options.loaded) if (log !== undefined) logs.set(name, log);
    return appliedGroups(this.#vector, appliedTo(this.#vector, logs), files);
  }

  /** Makes the table of requests with both values of all outputs: the engine computes each once, and holds or spills them by columns. */
  async #makeTable(replayed: Replay, log: LogRows, coverage: Coverage): Promise<readonly ComparedOutput[]> {
    const { signal } = this.#options;
    const outputs: ComparedOutput[] = [];
    const columns = this.#keys.map(({ column, name }) => `${log.column(name)} as ${column}`);
    for (const [isSlot, all] of [
      [false, replayed.features],
      [true, replayed.slots],
    ] as const) {
      for (const output of all) {
        const number = outputs.length;
        const { name, kind, reads } = output;
        const away = reads.map((id) => `coalesce(${log.logged("status", id) ?? "null"} = 'unavailable', false)`);
        const covered = reads.map((id) => coverage.coveredSql(id));
        columns.push(
          outputColumns(output, number, {
            away: away.length === 0 ? "false" : `(${away.join(" or ")})`,
            covered: covered.length === 0 ? "true" : `(${covered.join(" and ")})`,
            disagrees: this.#disagreesSql(output, replayed),
          }),
        );
        const plan = isSlot ? undefined : this.#vector.reads.find(({ id }) => id === name);
        outputs.push({
          ...{ name, kind, number, hasStatus: output.status !== undefined, isHidden: this.#hidden.has(name) },
          feature: plan === undefined ? null : readName(plan).name,
          type: plan?.type ?? this.#vector.slots.find((slot) => slot.name === name)?.type ?? "float?",
        });
      }
    }
    const id = log.logged("about", "request_id") ?? "null";
    await this.#engine.run(
      `create or replace temp table ${comparedTable} as select row, q, ${[`${id}::varchar as id`, ...columns].join(", ")} from (${replayed.sql}) order by row`,
      "replaying requests",
      signal,
    );
    return outputs;
  }

  /**
   * SQL of whether a logged status says otherwise than the replay, which tells what is present from what is not: of one that is not, why is
   * not to be told from the join alone. A window is never expired or not found, unless its key was.
   */
  #disagreesSql({ name, status, replayed: value }: ReplayedOutput, { read }: Replay): string {
    const plan = this.#vector.reads.find(({ id }) => id === name);
    if (status === undefined || plan === undefined) return "null::boolean";
    const isThere = [value, ...storedNames(...plan.key).map(read)].map((one) => `${one} is not null`).join(" and ");
    const group = this.#vector.groups.find((one) => one.entity === plan.entity && one.name === plan.group);
    const isWindow = group?.stored.find((one) => one.name === plan.stored)?.kind === "window";
    const others = isWindow && !isSecondHop(plan.key) ? ["missing"] : ["missing", "expired", "not_found"];
    return `case when ${status} is null then null when ${status} = 'present' then not (${isThere})
      else ${isThere} or ${status} not in (${others.map((one) => `'${one}'`).join(", ")}) end`;
  }

  async #compare(
    outputs: readonly ComparedOutput[],
  ): Promise<readonly [readonly OutputConsistency[], readonly OutputConsistency[]]> {
    const { tolerance = 0, examples = defaultExamples, coveredOnly = false, signal } = this.#options;
    const how = { engine: this.#engine, tolerance, examples, coveredOnly, signal };
    const found: OutputConsistency[] = [];
    this.#progress.start("comparing", outputs.length);
    for (const output of outputs) {
      found.push(await compareOutput(how, output, this.#keys));
      this.#progress.update(found.length);
    }
    this.#progress.finish(`${String(found.length)} features and slots`);
    const isFeature = ({ feature }: OutputConsistency): boolean => feature !== null;
    return [found.filter(isFeature), found.filter((one) => !isFeature(one))];
  }

  /** What bounds the agreement, of how many requests: those of none are not said. */
  async #limits({ limits }: Coverage): Promise<readonly ConsistencyWarning[]> {
    if (limits.length === 0) return [];
    const counts = limits.map(({ of }, i) => `count(*) filter (${of})::double as n${String(i)}`);
    const [row] = await this.#engine.rows(
      `select ${counts.join(", ")} from ${logTable}`,
      "looking at what was promised",
      this.#options.signal,
    );
    return limits.flatMap(({ code, message, isUncounted }, i) => {
      const rows = Number(row?.[`n${String(i)}`] ?? 0);
      return rows === 0 && isUncounted !== true ? [] : [{ code, message: message(countedRequests(rows)), rows }];
    });
  }

  #report(
    log: LogRows | undefined,
    leftOut: LeftOut,
    features: readonly OutputConsistency[],
    slots: readonly OutputConsistency[],
    replayed: Replay | undefined,
    limits: readonly ConsistencyWarning[],
  ): ConsistencyReport {
    const { knowledge = "applied", tolerance = 0 } = this.#options;
    const all = [...features, ...slots];
    const isCompared = all.some(({ compared }) => compared > 0);
    const { definitions, otherVectors, untimed } = leftOut;
    return {
      version: 1,
      vector: this.#vector.name,
      fingerprint: this.#choice.fingerprint,
      consistent: isCompared && !all.some(isInconsistent),
      ...{ knowledge, tolerance },
      ...{ since: this.#choice.since ?? null, until: this.#choice.until ?? null },
      ...{ rows: log?.rows ?? 0, first: log?.first ?? null, last: log?.last ?? null },
      leftOut: { definitions, otherVectors, untimed, unsampled: log?.unsampled ?? 0 },
      ...{ features, slots, notCompared: replayed?.notCompared ?? [] },
      warnings: [...warningsOf(log?.rows ?? 0, leftOut, all, replayed), ...limits],
    };
  }
}
