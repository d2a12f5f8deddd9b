import { type Micros, parseTypeName } from "../../core/index.ts";
import { columnsOf, type Raw, sourceExpressions } from "../../dsl/index.ts";
import { carrierOf, type Chunk, type Engine } from "../duckdb/index.ts";
import type { OpenedSource, Sight } from "../offline/sources/open-source.ts";
import { encodePushed, type PushedRow, tryEncodeKey } from "../online/codec/index.ts";
import type { WindowLayout } from "../online/group-layout.ts";
import { type GenerationWriter, recordBatch } from "../online/index.ts";
import { pushedText } from "../online/pushed-values.ts";
import { firstRecent, recentKey } from "../online/recent-rows.ts";
import type { MaterializeLimits } from "./materialize-limits.ts";
import type { PlannedGroup } from "./planned-group.ts";
import { type KeptColumn, recentSql } from "./recent-sql.ts";

/** What recent rows are loaded with. */
export interface RecentLoad {
  readonly engine: Engine;
  readonly plan: PlannedGroup;
  readonly opened: OpenedSource;
  /** Of which keys rows are wanted. */
  readonly sight: Sight;
  readonly asOf: Micros;
  readonly writer: GenerationWriter;
  readonly limits: MaterializeLimits;
  readonly doing: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads the recent rows of a group over events with `id`, those of a key in one record: all versions that were known at the load's moment. Requests read them where something was pushed
 * beside the load, which may be a version, or a repeat, of one of them.
 */
export async function loadRecent(load: RecentLoad, layout: WindowLayout): Promise<void> {
  const { engine, plan, opened, sight, asOf, doing, signal } = load;
  const { group, source } = plan;
  const { key } = layout;
  const read = [...sourceExpressions(group, source)].filter(({ what }) => what !== "key");
  const columns = [...columnsOf(...read.map(({ value }) => value))].map((name): KeptColumn => ({
    name,
    kind: parseTypeName(source.columns[name] ?? "string").kind,
  }));
  const from = firstRecent(layout, asOf);
  const relation = await opened.seen({ ...sight, from: BigInt(from), beside: columns.map(({ name }) => name) }, signal);
  const records = new RecentRecords(load, layout, columns);
  for await (const chunk of engine.chunks(recentSql(relation, source, { key, columns, from, asOf }), doing, signal)) {
    records.take(chunk);
    await records.writeFull();
  }
  await records.finish();
}

/** Puts rows that come sorted by key into one record a key, and writes them in batches. */
class RecentRecords {
  readonly #load: RecentLoad;
  readonly #layout: WindowLayout;
  readonly #columns: readonly KeptColumn[];
  /** The key at hand; `undefined` where it is to have no record. */
  #key: Uint8Array | undefined;
  /** The parts of that key, also where it has no record. */
  #parts: readonly Raw[] | undefined;
  #rows: PushedRow[] = [];
  #rowBytes = 0;
  #keys: Uint8Array[] = [];
  #records: Uint8Array[] = [];
  #bytes = 0;

  constructor(load: RecentLoad, layout: WindowLayout, columns: readonly KeptColumn[]) {
    this.#load = load;
    this.#layout = layout;
    this.#columns = columns;
  }

  take(chunk: Chunk): void {
    const { key: kinds } = this.#layout;
    const keys = kinds.map((kind, i) => chunk.column(i, carrierOf(kind)));
    const [t, k] = [chunk.column(kinds.length, "number"), chunk.column(kinds.length + 1, "number")];
    const values = this.#columns.map(({ kind }, i) => chunk.column(kinds.length + 2 + i, carrierOf(kind)));
    for (let row = 0; row < chunk.rows; row++) {
      const parts = keys.map((part): Raw => part[row] ?? null);
      if (this.#parts?.every((part, i) => part === parts[i]) !== true) this.#begin(parts);
      if (this.#key === undefined || this.#rowBytes > this.#load.limits.recentBytes) continue;
      const text = pushedText(new Map(this.#columns.map(({ name }, i) => [name, values[i]?.[row] ?? null])));
      this.#rows.push({ t: Number(t[row]), k: Number(k[row]), text });
      this.#rowBytes += text.length;
    }
  }

  /** Writes what is collected where that is a batch. */
  async writeFull(): Promise<void> {
    if (this.#bytes >= this.#load.limits.batchBytes) await this.#write();
  }

  /** Writes what is left. */
  async finish(): Promise<void> {
    this.#close();
    await this.#write();
  }

  #begin(parts: readonly Raw[]): void {
    this.#close();
    this.#parts = parts;
    const key = tryEncodeKey(this.#layout.key, parts);
    this.#key = key === undefined || this.#load.plan.erased?.has(key) === true ? undefined : recentKey(key);
  }

  #close(): void {
    if (this.#key !== undefined && this.#rows.length > 0) {
      // None says that there were too many.
      const record = encodePushed(this.#rowBytes > this.#load.limits.recentBytes ? [] : this.#rows);
      this.#keys.push(this.#key);
      this.#records.push(record);
      this.#bytes += record.length;
    }
    this.#rows = [];
    this.#rowBytes = 0;
  }

  async #write(): Promise<void> {
    if (this.#keys.length === 0) return;
    const batch = recordBatch(this.#keys, this.#records);
    this.#keys = [];
    this.#records = [];
    this.#bytes = 0;
    await this.#load.writer.write(batch);
  }
}
