import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { TondoError } from "../../../core/index.ts";
import { type Engine, sqlText } from "../../duckdb/index.ts";
import { checkSparkOptions, maxShards, type SparkOptions, SparkProcess } from "../../spark/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import type { UnitJoiner } from "../joins/join.ts";
import type { JoinReport } from "../joins/join-report.ts";
import { foundKeysSql, hasComputedKey, keysSql, tablesOf, timesSeen } from "../joins/join-steps.ts";
import type { JoinUnit } from "../joins/join-unit.ts";
import { joinWarnings } from "../joins/join-warnings.ts";
import type { SourceRelation } from "../sources/source-relation.ts";
import { SparkScratch, unitFiles } from "./spark-scratch.ts";
import { type AskedUnit, sparkUnit } from "./spark-unit.ts";

/** About how many bytes of a source's files make one part of a join. */
const bytesOfShard = 64 * 1024 * 1024;

/**
 * Joins by Spark SQL: the same plan, and the same values bit by bit, as `joinReads` has from DuckDB. This process gives Spark the rows that
 * ask, by key; Spark scans, filters, joins and sorts; what it writes, this process sweeps and takes in again, part by part.
 */
export class SparkJoin implements AsyncDisposable {
  readonly #options: SparkOptions;
  readonly #folder: string;
  readonly #aborting: AbortController = new AbortController();
  readonly #scratch: SparkScratch;
  #process: Promise<SparkProcess> | undefined;

  /**
   * @param folder one of this machine that nobody else has, for statements and, without `scratch`, for rows
   * @throws TondoError `INVALID_ARGUMENT`
   */
  constructor(options: SparkOptions, folder: string) {
    checkSparkOptions(options);
    this.#options = options;
    this.#folder = folder;
    const { scratch, paths } = options;
    const rows = scratch === undefined ? join(folder, "rows") : join(scratch, `tondo-${randomUUID()}`);
    this.#scratch = new SparkScratch(rows, paths);
  }

  /** Begins to start Spark, which takes a while; that it does not start is said when it is needed. */
  start(signal?: AbortSignal): void {
    const isLocal = this.#options.master === undefined || /^local\b/.test(this.#options.master);
    const signals = [this.#aborting.signal, ...(signal === undefined ? [] : [signal])];
    this.#process = this.#scratch.make().then(() =>
      SparkProcess.open(
        {
          ...this.#options,
          // What a killed Spark leaves behind goes with the folder.
          conf: {
            ...(isLocal ? { "spark.local.dir": join(this.#folder, "local") } : {}),
            "spark.sql.warehouse.dir": join(this.#folder, "warehouse"),
            ...this.#options.conf,
          },
        },
        this.#folder,
        AbortSignal.any(signals),
      ),
    );
    this.#process.catch(() => undefined);
  }

  /** What a manifest says has made the join; once something was joined. */
  async engine(): Promise<string> {
    return `Spark ${(await this.#process)?.version ?? ""}`;
  }

  /**
   * What joins units for `joinReads`, whose tables and rows are this engine's.
   *
   * @throws TondoError `SPARK_MISSING`, `SPARK_FAILED`, and what `joinReads` throws
   */
  joiner(engine: Engine, places: FilePlaces, signal?: AbortSignal): UnitJoiner {
    return (unit, { whole }, left) => this.#joinUnit(engine, unit, whole, left, places, signal);
  }

  async #joinUnit(
    engine: Engine,
    unit: JoinUnit,
    relation: SourceRelation,
    left: string,
    places: FilePlaces,
    signal: AbortSignal | undefined,
  ): Promise<JoinReport> {
    if (this.#process === undefined) this.start(signal);
    const session = await this.#process;
    if (session === undefined) throw new TondoError("INTERNAL", "Spark was not started");
    const group = `${unit.group.entity}:${unit.group.name}`;
    const doing = `joining ${group}`;
    const { keyed, keys } = tablesOf(unit);
    await engine.run(`create or replace temp table ${keyed} as ${left}`, doing, signal);
    const asked = await this.#ask(engine, unit, relation, doing, signal);
    const { statements, files, inJavaScript, take } = await sparkUnit({
      ...{ engine, unit, relation, places, scratch: this.#scratch, asked, signal },
      shards: (own) => this.#shards(own),
    });
    await session.run(statements, doing, signal);
    const foundKeys = hasComputedKey(unit)
      ? Number((await engine.rows(foundKeysSql(unit, relation), doing, signal))[0]?.["n"] ?? 0)
      : undefined;
    await take();
    await this.#scratch.remove(unitFiles(unit.name).folder);
    const warnings = await joinWarnings(engine, unit, relation, `select * from ${keyed}`, signal);
    for (const table of [keyed, keys]) await engine.run(`drop table ${table}`, doing);
    return {
      group,
      join: unit.source.kind === "table" ? "table" : unit.source.kind === "snapshot" ? "asof" : "sweep",
      reason: `by Spark, of ${String(files.length)} ${files.length === 1 ? "file" : "files"}`,
      inJavaScript,
      ...(foundKeys === undefined ? {} : { foundKeys }),
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  }

  /** Writes who asks for Spark: the keys, numbered, and the rows that have one, each with its moment. */
  async #ask(
    engine: Engine,
    unit: JoinUnit,
    relation: SourceRelation,
    doing: string,
    signal: AbortSignal | undefined,
  ): Promise<AskedUnit> {
    const { keyed, keys } = tablesOf(unit);
    const own = relation.keys.join(", ");
    await engine.run(`create or replace temp table ${keys} as ${keysSql(unit, keyed)}`, doing, signal);
    const [row] = await engine.rows(
      `select min(q) as first, max(q) as last, (select count(*)::double from ${keys}) as keys,
         count(*) filter (${relation.keys.map((key) => `${key} is not null`).join(" and ")})::double as rows from ${keyed}`,
      doing,
      signal,
    );
    const files = unitFiles(unit.name);
    await this.#scratch.make(files.folder);
    const write = (file: string, sql: string): Promise<void> =>
      engine.run(
        `copy (${sql}) to ${sqlText(this.#scratch.path(file))} (format parquet, compression zstd)`,
        doing,
        signal,
      );
    await write(files.keys, `select number, ${own} from ${keys}`);
    await write(files.asked, `select number, ${own}, row, q from ${keyed} join ${keys} using (${own})`);
    const { first, last } = row ?? {};
    const moments = typeof first === "bigint" && typeof last === "bigint" ? { first, last } : { first: 0n, last: 0n };
    return { keys: Number(row?.["keys"]), rows: Number(row?.["rows"]), times: timesSeen(unit, moments) };
  }

  /** Into how many parts a join of such files is dealt. */
  async #shards(files: readonly string[]): Promise<number> {
    if (this.#options.shards !== undefined) return this.#options.shards;
    let bytes = 0;
    for (const file of files) bytes += (await stat(file)).size;
    return Math.min(maxShards, Math.max(1, Math.ceil(bytes / bytesOfShard)));
  }

  /** Ends Spark and removes what passed between it and this process. */
  async close(): Promise<void> {
    this.#aborting.abort();
    const session = await this.#process?.catch(() => undefined);
    await session?.close();
    for (const folder of new Set([this.#scratch.folder, this.#folder]))
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
