import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import type { RawColumn } from "../../dsl/index.ts";
import { type Carrier, readVector } from "./vector-access.ts";
import { type TextEntries, textEntries, type VectorItems, vectorItems } from "./vector-items.ts";

/** Some rows of a result, by columns. */
export interface Chunk {
  readonly rows: number;
  /** Column `i` by the carrier it was selected as. */
  column(i: number, carrier: Carrier): RawColumn;
  /** Column `i` as the engine holds it, for who copies it at once: it goes away with the chunk. */
  items(i: number): VectorItems;
  /** Column `i`, which is of texts, in the same way. */
  entries(i: number): TextEntries;
}

/** Does work of the engine so that it can be cancelled, and fails with the errors of this library. */
export type Doing = <T>(work: () => Promise<T>) => Promise<T>;

/** A large result that is made from the start on and taken once, each chunk while the engine makes the next. */
export class StreamedResult implements AsyncIterable<Chunk> {
  /** The chunk that is to be taken next. */
  #next: Promise<DuckDBDataChunk | null>;

  /** @param first does what makes the first chunk: all that must be sorted or gathered is by then. */
  constructor(
    connection: DuckDBConnection,
    sql: string,
    doing: Doing,
    first: (work: () => Promise<DuckDBDataChunk | null>) => Promise<DuckDBDataChunk | null> = (work) => work(),
  ) {
    const stream = doing(() => connection.stream(sql));
    this.#fetch = async () => {
      const result = await stream;
      return doing(() => result.fetchChunk());
    };
    this.#next = this.#quietly(stream.then((result) => doing(() => first(() => result.fetchChunk()))));
  }

  readonly #fetch: () => Promise<DuckDBDataChunk | null>;

  /** Waits for the first chunk. */
  async made(): Promise<void> {
    await this.#next;
  }

  /** Waits for what the engine is at: whoever stops early may ask it something else then. `interrupted` is told to end it. */
  async end(interrupted?: DuckDBConnection): Promise<void> {
    // Told before it has begun, it would not hear.
    const again = setInterval(() => interrupted?.interrupt(), 20);
    await this.#next.catch(() => undefined);
    clearInterval(again);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk> {
    try {
      for (;;) {
        const chunk = await this.#next;
        if (chunk === null || chunk.rowCount === 0) return;
        const rows = chunk.rowCount;
        this.#next = this.#quietly(this.#fetch());
        yield {
          rows,
          column: (i, carrier) => readVector(chunk.getColumnVector(i), carrier, rows),
          items: (i) => vectorItems(chunk.getColumnVector(i), rows),
          entries: (i) => textEntries(chunk.getColumnVector(i), rows),
        };
      }
    } finally {
      await this.end();
    }
  }

  /** It is awaited once it is needed, and may have failed long before. */
  #quietly<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    return work;
  }
}
