import { mkdir } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import {
  BIGINT,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBScalarFunction,
  type DuckDBType,
  DOUBLE,
  LIST,
  STRUCT,
  DuckDBStructVector,
  VARCHAR,
} from "@duckdb/node-api";
import { TondoError, type Value, type ValueKind } from "../../core/index.ts";
import {
  duckdbMacros,
  type FunctionLibrary,
  functionLibrary,
  quoteIdentifier,
  quoteText,
  type RawColumn,
  type RowProgram,
  toRaw,
  type UserFunction,
} from "../../dsl/index.ts";
import { carrierOf } from "./carrier.ts";
import { engineError } from "./engine-error.ts";
import { chunkRows, TableAppender } from "./table-appender.ts";
import { type Carrier, elementCarrier, readVector, writeVector } from "./vector-access.ts";

/** Bounds of an engine. */
export interface EngineOptions {
  /** What DuckDB may hold, such as `"1GB"`; default 1 GB. When it spills it overshoots by up to a third. */
  readonly memory?: string;
  /** Default: as many as the machine has, 8 at most. */
  readonly threads?: number;
  /** Where it may spill; without one it does not. */
  readonly spillFolder?: string;
  /** How much it may spill; default 20 GB. */
  readonly spillLimit?: string;
  /** The functions of the project's own, which programs may call. */
  readonly functions?: readonly UserFunction[];
}

/** Some rows of a result, by columns. */
export interface Chunk {
  readonly rows: number;
  /** Column `i` by the carrier it was selected as. */
  column(i: number, carrier: Carrier): RawColumn;
}

/** A value of a small result: what JSON has, and bigint. */
export type Cell = null | boolean | number | bigint | string;

/** A column of a table that is loaded from memory. */
export interface TableColumn {
  readonly name: string;
  readonly kind: ValueKind;
}

/** What can be called from SQL: generated code, or the end of an aggregate. See `RowProgram` for `run`. */
export interface Program extends Pick<RowProgram, "run"> {
  readonly leaves: readonly { readonly kind: ValueKind }[];
  readonly outputs: readonly { readonly kind: ValueKind }[];
}

const sqlTypes: Readonly<Record<Carrier, string>> = {
  number: "DOUBLE",
  int: "BIGINT",
  text: "VARCHAR",
  "number list": "DOUBLE[]",
  "int list": "BIGINT[]",
  "text list": "VARCHAR[]",
  embedding: "DOUBLE[]",
};

/** What makes JavaScript callable from SQL: an engine, or what only shows the SQL. */
export interface ProgramHost extends Pick<Engine, "register"> {
  /** The functions of the project's own; `"shown"` where nothing is run. */
  readonly functions: FunctionLibrary | "shown";
}

/** DuckDB, in this process, in memory; opened for one job and closed after it. */
export class Engine {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  /** The functions of the project's own. */
  readonly functions: FunctionLibrary;
  #registered = 0;
  #closed = false;
  /** What a program threw while DuckDB called it: DuckDB itself keeps its text only. */
  #thrown: TondoError | undefined;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, functions: FunctionLibrary) {
    this.functions = functions;
    this.#instance = instance;
    this.#connection = connection;
  }

  /** Opens an engine with the macros of the relational part. */
  static async open(options: EngineOptions = {}): Promise<Engine> {
    const {
      memory = "1GB",
      threads = Math.min(8, navigator.hardwareConcurrency),
      spillFolder,
      spillLimit = "20GB",
    } = options;
    if (!Number.isInteger(threads) || threads < 1) {
      throw new TondoError("INVALID_ARGUMENT", `threads: ${String(threads)} is no count of threads`, {
        hint: "Give a whole number of at least 1.",
      });
    }
    const functions = functionLibrary(options.functions);
    await makeSpillFolder(spillFolder);
    const settings = {
      memory_limit: memory,
      threads: String(threads),
      preserve_insertion_order: "true",
      // Nothing but what this library names is read: no extensions from the network, no settings from files.
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      temp_directory: spillFolder ?? "",
    };
    const instance = await DuckDBInstance.create(":memory:", settings).catch((error: unknown) => {
      const [said = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      throw new TondoError("INVALID_ARGUMENT", `the engine does not start: ${said}`, {
        hint: 'Sizes are written like "1GB".',
        details: { memory },
        cause: error,
      });
    });
    const connection = await instance.connect();
    const engine = new Engine(instance, connection, functions);
    await engine.run("set TimeZone = 'UTC'", "opening the engine");
    if (spillFolder !== undefined) await engine.#limitSpill(spillLimit);
    for (const macro of duckdbMacros) await engine.run(macro, "opening the engine");
    return engine;
  }

  /** As a setting at the start DuckDB 1.5 shows this limit and does not hold it. */
  async #limitSpill(limit: string): Promise<void> {
    try {
      await this.#connection.run(`set max_temp_directory_size = ${sqlText(limit)}`);
    } catch (error) {
      this.close();
      throw new TondoError("INVALID_ARGUMENT", `spillLimit: "${limit}" is no size`, {
        hint: 'Sizes are written like "20GB".',
        cause: error,
      });
    }
  }

  /** Runs a statement. `doing` says in errors what for. An abort interrupts it within some 50 ms. */
  async run(sql: string, doing: string, signal?: AbortSignal): Promise<void> {
    await this.#interruptible(doing, signal, () => this.#connection.run(sql));
  }

  /** A small result as objects. */
  async rows(sql: string, doing: string, signal?: AbortSignal): Promise<readonly Record<string, Cell>[]> {
    const reader = await this.#interruptible(doing, signal, () => this.#connection.runAndReadAll(sql));
    return reader.getRowObjects() as readonly Record<string, Cell>[];
  }

  /** A large result, chunk by chunk; columns must have been selected as their carriers. */
  async *chunks(sql: string, doing: string, signal?: AbortSignal): AsyncGenerator<Chunk> {
    const result = await this.#interruptible(doing, signal, () => this.#connection.stream(sql));
    for (;;) {
      const chunk = await this.#interruptible(doing, signal, () => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      const rows = chunk.rowCount;
      yield { rows, column: (i, carrier) => readVector(chunk.getColumnVector(i), carrier, rows) };
    }
  }

  /**
   * Makes JavaScript callable from SQL: the name of a function that takes the program's leaves as their
   * carriers and gives a STRUCT of its outputs `o0`, `o1`, ... as theirs.
   */
  register(program: Program): string {
    const name = `tondo_rows_${String(this.#registered++)}`;
    const inputs = program.leaves.map(({ kind }) => carrierOf(kind));
    const outputs = program.outputs.map(({ kind }) => carrierOf(kind));
    const results = outputs.map((carrier): RawColumn =>
      carrier === "number" ? new Float64Array(chunkRows) : new Array<null>(chunkRows).fill(null),
    );
    this.#connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name,
        // A program without leaves still needs its rows counted.
        parameterTypes: inputs.length === 0 ? [BIGINT] : inputs.map(typeOfCarrier),
        returnType: STRUCT(Object.fromEntries(outputs.map((carrier, i) => [`o${String(i)}`, typeOfCarrier(carrier)]))),
        specialHandling: true,
        mainFunction: (_info, chunk, output) => {
          const n = chunk.rowCount;
          const columns = inputs.map((carrier, i) => readVector(chunk.getColumnVector(i), carrier, n));
          try {
            program.run(n, columns, results);
          } catch (error) {
            if (error instanceof TondoError) this.#thrown ??= error;
            throw error;
          }
          if (!(output instanceof DuckDBStructVector)) throw new Error("the driver gives no struct");
          for (const [i, carrier] of outputs.entries())
            writeVector(output.entryVectorAt(i), carrier, results[i] ?? [], n);
        },
      }),
    );
    return name;
  }

  /**
   * Makes a table of some columns by their names, from rows of values of the language; truth values become numbers, as carried. Rows
   * are taken as they are needed, and others get their turn between them.
   */
  async load(
    table: string,
    columns: readonly TableColumn[],
    rows: Iterable<readonly Value[]>,
    doing: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const carriers = columns.map(({ kind }) => carrierOf(kind));
    const types = carriers.map(typeOfCarrier);
    const defined = columns.map(({ name }, i) => `${quoteIdentifier(name)} ${sqlTypes[carriers[i] ?? "text"]}`);
    await this.run(`create or replace temp table ${table} (${defined.join(", ")})`, doing);
    const appender = await this.#connection.createAppender(table);
    const append = (part: readonly (readonly Value[])[]): void => {
      const chunk = DuckDBDataChunk.create(types, part.length);
      for (const [i, { kind }] of columns.entries()) {
        const raw = part.map((row) => toRaw(row[i] ?? null, kind));
        writeVector(chunk.getColumnVector(i), carriers[i] ?? "text", raw, part.length);
      }
      appender.appendDataChunk(chunk);
    };
    try {
      let part: (readonly Value[])[] = [];
      for (const row of rows) {
        part.push(row);
        if (part.length < chunkRows) continue;
        append(part);
        part = [];
        await setImmediate();
        if (signal?.aborted === true)
          throw new TondoError("ABORTED", `${doing} was cancelled`, { cause: signal.reason });
      }
      if (part.length > 0) append(part);
    } catch (error) {
      throw engineError(error, doing);
    } finally {
      appender.closeSync();
    }
  }

  /**
   * Makes a table of some columns to append to while results are read: not a temporary one, since those are seen by one connection
   * alone. Truth values become numbers, as carried. What was appended is there once the appender is closed.
   */
  async appender(table: string, columns: readonly TableColumn[], doing: string): Promise<TableAppender> {
    const carriers = columns.map(({ kind }) => carrierOf(kind));
    const defined = columns.map(({ name }, i) => `${quoteIdentifier(name)} ${sqlTypes[carriers[i] ?? "text"]}`);
    await this.run(`create or replace table ${table} (${defined.join(", ")})`, doing);
    const connection = await this.#instance.connect();
    const appender = await connection.createAppender(table);
    return new TableAppender(connection, appender, carriers, carriers.map(typeOfCarrier), doing);
  }

  /** Ends everything at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #interruptible<T>(doing: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (signal?.aborted === true) throw new TondoError("ABORTED", `${doing} was cancelled`, { cause: signal.reason });
    const interrupt = (): void => {
      this.#connection.interrupt();
    };
    signal?.addEventListener("abort", interrupt, { once: true });
    try {
      return await work();
    } catch (error) {
      const thrown = this.#thrown;
      this.#thrown = undefined;
      throw thrown ?? engineError(error, doing);
    } finally {
      signal?.removeEventListener("abort", interrupt);
    }
  }
}

async function makeSpillFolder(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new TondoError("IO_FAILED", `the spill folder "${folder}" cannot be made`, {
      hint: "Give a folder that can be written.",
      cause: error,
    });
  }
}

function typeOfCarrier(carrier: Carrier): DuckDBType {
  const element = elementCarrier(carrier);
  if (element !== undefined) return LIST(typeOfCarrier(element));
  return carrier === "number" ? DOUBLE : carrier === "int" ? BIGINT : VARCHAR;
}

/** A text in SQL that must be one: a path, say. */
export function sqlText(text: string): string {
  const quoted = quoteText(text);
  if (quoted === undefined) throw new TondoError("INVALID_ARGUMENT", "a text holds a null byte");
  return quoted;
}
