import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk, type DuckDBType } from "@duckdb/node-api";
import type { RawColumn } from "../../dsl/index.ts";
import { engineError } from "./engine-error.ts";
import { type Carrier, writeVector } from "./vector-access.ts";

/** Rows of one chunk: what DuckDB's vectors hold. */
export const chunkRows = 2048;

/**
 * Appends columns, as generated code holds them, to a table over a connection of its own: over another one's it would end the result that
 * is being read there.
 */
export class TableAppender {
  readonly #connection: DuckDBConnection;
  readonly #appender: DuckDBAppender;
  readonly #carriers: readonly Carrier[];
  readonly #types: readonly DuckDBType[];
  readonly #doing: string;

  constructor(
    connection: DuckDBConnection,
    appender: DuckDBAppender,
    carriers: readonly Carrier[],
    types: readonly DuckDBType[],
    doing: string,
  ) {
    this.#connection = connection;
    this.#appender = appender;
    this.#carriers = carriers;
    this.#types = types;
    this.#doing = doing;
  }

  /** Appends the first `n` rows of the columns, {@link chunkRows} at the most. */
  append(columns: readonly RawColumn[], n: number): void {
    try {
      const chunk = DuckDBDataChunk.create(this.#types, n);
      for (const [i, carrier] of this.#carriers.entries())
        writeVector(chunk.getColumnVector(i), carrier, columns[i] ?? [], n);
      this.#appender.appendDataChunk(chunk);
    } catch (error) {
      throw engineError(error, this.#doing);
    }
  }

  /** Makes all that was appended visible. */
  close(): void {
    try {
      this.#appender.closeSync();
    } catch (error) {
      throw engineError(error, this.#doing);
    } finally {
      this.#connection.closeSync();
    }
  }
}
