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
import { type OwnFolder, type ProgressPart, TondoError, type Value, type ValueKind } from "../../core/index.ts";
import {
  duckdbMacros,
  type FunctionLibrary,
  functionLibrary,
  quoteIdentifier,
  quoteText,
  type Raw,
  type RawColumn,
  type RowProgram,
  toRaw,
  type UserFunction,
} from "../../dsl/index.ts";
import { carrierOf } from "./carrier.ts";
import { checkedBounds, type EngineBounds } from "./engine-bounds.ts";
import { engineError } from "./engine-error.ts";
import { interruptible, refuseAborted } from "./interruption.ts";
import { RowsWatch } from "./rows-watch.ts";
import { openSpillFolder } from "./spill-folder.ts";
import { type Chunk, type Doing, StreamedResult } from "./streamed-result.ts";
import { chunkRows, TableAppender } from "./table-appender.ts";
import { type Carrier, elementCarrier, readVector, writeVector } from "./vector-access.ts";

/** How much DuckDB keeps to itself of what it does not use; by default it is 128 and 512 MB. */
const flushed = "16MB";

/** What each connection is told before it runs anything made here. */
const sessionStatements = ["set TimeZone = 'UTC'", ...duckdbMacros];

/** How an engine is opened. */
export interface EngineOptions extends EngineBounds {
  /** The functions of the project's own, which programs may call. */
  readonly functions?: readonly UserFunction[];
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
  readonly #spill: OwnFolder | undefined;
  readonly #watch: RowsWatch;
  readonly #threads: number;
  #registered = 0;
  #closed = false;
  /** What a program threw while DuckDB called it: DuckDB itself keeps its text only. */
  #thrown: TondoError | undefined;

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    functions: FunctionLibrary,
    spill: OwnFolder | undefined,
    threads: number,
  ) {
    this.functions = functions;
    this.#threads = threads;
    this.#instance = instance;
    this.#connection = connection;
    this.#spill = spill;
    this.#watch = new RowsWatch(connection);
  }

  /**
   * Opens an engine with the macros of the relational part.
   *
   * @throws TondoError `INVALID_ARGUMENT` where a bound is none or too little to work in, `IO_FAILED` where it cannot spill where it may
   */
  static async open(options: EngineOptions = {}): Promise<Engine> {
    const { engineMemory, threads, spillLimit } = checkedBounds(options);
    const functions = functionLibrary(options.functions);
    const spill = options.spillFolder === undefined ? undefined : openSpillFolder(options.spillFolder);
    const settings = {
      memory_limit: `${String(engineMemory)}B`,
      threads: String(threads),
      preserve_insertion_order: "true",
      // What is not used any more goes back to the system soon: it counts for the process.
      allocator_background_threads: "true",
      allocator_flush_threshold: flushed,
      allocator_bulk_deallocation_flush_threshold: flushed,
      // Nothing but what this library names is read: no extensions from the network, no settings from files.
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      // A file replaced within a second by one of its size would be read as the old one.
      enable_external_file_cache: "false",
      temp_directory: spill?.path ?? "",
    };
    let engine: Engine | undefined;
    try {
      const instance = await DuckDBInstance.create(":memory:", settings);
      engine = new Engine(instance, await instance.connect(), functions, spill, threads);
      // As a setting at the start DuckDB 1.5 shows this limit and does not hold it.
      await engine.run(`set max_temp_directory_size = '${String(spillLimit)}B'`, "opening the engine");
      for (const sql of sessionStatements) await engine.run(sql, "opening the engine");
      return engine;
    } catch (error) {
      if (engine === undefined) spill?.[Symbol.dispose]();
      else engine.close();
      throw engineError(error, "opening the engine");
    }
  }

  /** From now on tells, several times a second, what is done and how many rows were looked at; `undefined` ends it. */
  async watch(told: ((part: ProgressPart) => void) | undefined): Promise<void> {
    await this.#watch.tell(told);
  }

  /** Runs a statement. `doing` says in errors what for. An abort interrupts it within some 50 ms. */
  async run(sql: string, doing: string, signal?: AbortSignal): Promise<void> {
    await this.#interruptible(doing, signal, () => this.#watch.statement(doing, () => this.#connection.run(sql)));
  }

  /** A small result as objects. */
  async rows(sql: string, doing: string, signal?: AbortSignal): Promise<readonly Record<string, Cell>[]> {
    const reader = await this.#interruptible(doing, signal, () =>
      this.#watch.statement(doing, () => this.#connection.runAndReadAll(sql)),
    );
    return reader.getRowObjects() as readonly Record<string, Cell>[];
  }

  /** DuckDB's own version, such as `v1.5.5`. */
  async version(): Promise<string> {
    const [row] = await this.rows("select version() as v", "asking the engine's version");
    return String(row?.["v"]);
  }

  /** A large result, chunk by chunk; columns must have been selected as their carriers. */
  async *chunks(sql: string, doing: string, signal?: AbortSignal): AsyncGenerator<Chunk> {
    const watch = (work: () => Promise<DuckDBDataChunk | null>): Promise<DuckDBDataChunk | null> =>
      this.#watch.statement(doing, work);
    const result = new StreamedResult(this.#connection, sql, this.#doingOn(this.#connection, doing, signal), watch);
    let given = 0;
    for await (const chunk of result) {
      given += chunk.rows;
      this.#watch.taken(doing, given);
      yield chunk;
    }
    // A result that is interrupted while it is taken ends as one that is over.
    refuseAborted(doing, signal);
  }

  /**
   * Large results one behind the other, each chunk with the place of its statement: while one is taken the next is made beside it, so that two are held at once.
   * Statements run over connections of their own, which see no temporary tables.
   */
  async *chunksOfEach(
    statements: readonly string[],
    doing: string,
    signal?: AbortSignal,
  ): AsyncGenerator<{ readonly chunk: Chunk; readonly statement: number }> {
    await using own = new AsyncDisposableStack();
    const connections: DuckDBConnection[] = [];
    for (let i = 0; i < Math.min(2, statements.length); i++) {
      const connection = await this.#connect();
      own.defer(() => {
        connection.closeSync();
      });
      connections.push(connection);
    }
    const begin = (i: number): StreamedResult | undefined => {
      const [sql, connection] = [statements[i], connections[i % 2]];
      if (sql === undefined || connection === undefined) return undefined;
      const result = new StreamedResult(connection, sql, this.#doingOn(connection, doing, signal));
      own.defer(() => result.end(connection));
      return result;
    };
    let given = 0;
    let next = begin(0);
    for (let statement = 0; next !== undefined; statement++) {
      const result = next;
      await result.made();
      // Whoever takes chunks has a thread to itself: else it would share one with what is made beside it.
      if (statement === 0 && statements.length > 1) {
        own.defer(() => this.#setThreads(this.#threads, doing));
        await this.#setThreads(Math.max(1, this.#threads - 1), doing);
      }
      next = begin(statement + 1);
      for await (const chunk of result) {
        given += chunk.rows;
        this.#watch.taken(doing, given);
        yield { chunk, statement };
      }
      refuseAborted(doing, signal);
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
      carrier === "number" || carrier === "int" ? new Float64Array(chunkRows) : listOf(chunkRows),
    );
    const compute = (n: number, columns: readonly RawColumn[]): void => {
      try {
        program.run(n, columns, results);
      } catch (error) {
        // Of a bigint, which no array of doubles takes: ints are as wide as that in few columns, and an array of any values boxes each.
        const wide = outputs.flatMap((carrier, i) =>
          carrier === "int" && results[i] instanceof Float64Array ? [i] : [],
        );
        if (!(error instanceof TypeError) || wide.length === 0) throw error;
        for (const i of wide) results[i] = listOf(chunkRows);
        program.run(n, columns, results);
      }
    };
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
            compute(n, columns);
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

  /** Ends everything at once; what was spilled goes away. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.closeSync();
    this.#instance.closeSync();
    this.#spill?.[Symbol.dispose]();
  }

  async #setThreads(threads: number, doing: string): Promise<void> {
    await this.#interruptible(doing, undefined, () => this.#connection.run(`set threads = ${String(threads)}`));
  }

  /** Another connection that knows what the first one does, but for its temporary tables. */
  async #connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    for (const sql of sessionStatements) await connection.run(sql);
    return connection;
  }

  #doingOn(connection: DuckDBConnection, doing: string, signal: AbortSignal | undefined): Doing {
    return (work) => this.#interruptible(doing, signal, work, connection);
  }

  async #interruptible<T>(
    doing: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
    connection: DuckDBConnection = this.#connection,
  ): Promise<T> {
    try {
      return await interruptible(work, doing, signal, () => {
        connection.interrupt();
      });
    } catch (error) {
      const thrown = this.#thrown;
      this.#thrown = undefined;
      throw thrown ?? engineError(error, doing);
    }
  }
}

function listOf(length: number): Raw[] {
  return new Array<Raw>(length).fill(null);
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
