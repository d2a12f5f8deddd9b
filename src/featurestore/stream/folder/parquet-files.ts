import { stat } from "node:fs/promises";
import { TondoError } from "../../../core/index.ts";
import { Engine } from "../../duckdb/index.ts";
import { refuseCutNanoseconds } from "../../offline/files/cut-nanoseconds.ts";
import { parquetSchemas } from "../../offline/files/parquet-columns.ts";
import { countParquet } from "../../offline/files/parquet-footers.ts";
import { readParquet } from "../../offline/files/read-files.ts";
import type { LogEvent } from "../log-event.ts";
import { type EventFile, type EventFiles, ifThere, madeAnew, type ReadEvents } from "./event-files.ts";
import type { FolderLimits } from "./folder-limits.ts";
import { rowSql } from "./parquet-row-sql.ts";

/** A file as it was looked at. */
interface KnownFile {
  /** Of another file it is another one. */
  readonly version: string;
  readonly rows: number;
  /** When it came, microseconds. */
  readonly arrivedAt: number;
}

/** How many rows are asked for at once, at the most: of groups of rows before them nothing is read. */
const rowsAtOnce = 20_000;

/** By which the engine counts rows, where no column is called so. */
const rowNumber = "file_row_number";

/**
 * Files of Parquet, each whole when it appears and never changed. The offset of an event is the number of its row. A row is the event of JSON that says the same, so that whatever decodes, keeps or applies
 * events knows nothing of Parquet.
 */
export class ParquetFiles implements EventFiles {
  readonly ending: string = ".parquet";
  readonly #limits: FolderLimits;
  readonly #known: Map<string, KnownFile> = new Map<string, KnownFile>();
  /** The versions of files that were read of. */
  readonly #begun: Map<string, string> = new Map<string, string>();
  /** SQL of the rows of the file that was read last. */
  #rows: { readonly path: string; readonly version: string; readonly sql: string } | undefined;
  #engine: Promise<Engine> | undefined;
  /** What the engine is at: it does one thing at a time. */
  #busy: Promise<unknown> = Promise.resolve();

  constructor(limits: FolderLimits) {
    this.#limits = limits;
  }

  async end(path: string): Promise<number> {
    return (await this.#look(path))?.rows ?? 0;
  }

  async read(place: EventFile, from: number): Promise<ReadEvents | "gone" | undefined> {
    const { path } = place;
    const file = await this.#look(path);
    if (file === undefined) return "gone";
    const { rows: end, version } = file;
    const isAnother = (this.#begun.get(path) ?? version) !== version;
    if (from > end || (from > 0 && isAnother)) throw replaced(place, from, end);
    this.#begun.set(path, version);
    if (from === end) return undefined;
    const events = await this.#alone((engine) => this.#read(engine, place, file, from));
    // What was read is of the file that was looked at, or of none.
    if ((await this.#look(path))?.version !== version) throw replaced(place, from, end);
    return { events, next: from + events.length, end };
  }

  async close(): Promise<void> {
    await this.#busy;
    const engine = this.#engine;
    this.#engine = undefined;
    (await engine)?.close();
  }

  /** A file as it is; `undefined` where there is none. */
  async #look(path: string): Promise<KnownFile | undefined> {
    const found = await ifThere(path, stat(path, { bigint: true }));
    if (found === undefined) return undefined;
    const version = `${String(found.size)} ${String(found.mtimeNs)}`;
    const known = this.#known.get(path);
    if (known?.version === version) return known;
    const rows = await this.#alone((engine) => countParquet(engine, [path], path));
    const file = { version, rows, arrivedAt: Number(found.mtimeNs / 1000n) };
    this.#known.set(path, file);
    return file;
  }

  /** The rows from one on, as many as are read at once. */
  async #read(engine: Engine, { path }: EventFile, file: KnownFile, from: number): Promise<readonly LogEvent[]> {
    const { version, arrivedAt } = file;
    if (this.#rows?.path !== path || this.#rows.version !== version)
      this.#rows = { path, version, sql: await rowsSql(engine, path) };
    const sql = `${this.#rows.sql} where ${rowNumber} >= ${String(from)} and ${rowNumber} < ${String(from + rowsAtOnce)}`;
    const events: LogEvent[] = [];
    let bytes = 0;
    try {
      for await (const chunk of engine.chunks(sql, `reading ${path}`)) {
        for (const text of chunk.column(0, "text")) {
          const value = Buffer.from(String(text));
          events.push({ offset: from + events.length, key: null, value, arrivedAt });
          bytes += value.length;
        }
        if (bytes >= this.#limits.bytesAtOnce) break;
      }
    } catch (cause) {
      // The engine's own message may quote what stands there.
      throw new TondoError("SOURCE_UNREADABLE", `rows of "${path}" from ${String(from)} on cannot be read`, {
        where: path,
        hint: "Check that the file is whole, with texts in UTF-8. `tondo stream reset` goes past it.",
        cause,
      });
    }
    if (events.length > 0) return events;
    throw new TondoError("INTERNAL", `"${path}" has rows that are not given`, { where: path });
  }

  /** Has the engine do something once it has done what it is at. */
  #alone<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
    const done = this.#busy.then(async () => {
      this.#engine ??= Engine.open({ threads: 1 });
      return work(await this.#engine);
    });
    this.#busy = done.catch(() => undefined);
    return done;
  }
}

/** SQL of the rows of a file, in their order, each as an event of JSON. */
async function rowsSql(engine: Engine, path: string): Promise<string> {
  const [schema] = await parquetSchemas(engine, [path], path);
  if (schema === undefined) throw new TondoError("INTERNAL", `"${path}" has no schema`, { where: path });
  const names = [...schema.types.keys()];
  if (names.some((name) => name.toLowerCase() === rowNumber))
    throw new TondoError("SOURCE_UNREADABLE", `"${path}" has a column ${rowNumber}, by which the engine counts rows`, {
      where: path,
      hint: "Rename it, in a file of another name.",
    });
  const read = readParquet([path]);
  const cut = schema.cutNanoseconds.map((name) => [name, "timestamp"] as const);
  await refuseCutNanoseconds(engine, read, [schema], Object.fromEntries(cut), path);
  return `select ${rowSql(schema)} from ${read}`;
}

function replaced(place: EventFile, next: number, end: number): TondoError {
  const what = `was read up to row ${String(next)}, and is another file by now, of ${String(end)} rows`;
  const hint = "A file of Parquet is whole when it appears and never changed: put other events into another file.";
  return madeAnew(place, what, hint, next, end);
}
