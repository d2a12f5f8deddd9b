import type { DuckDBConnection } from "@duckdb/node-api";
import type { ProgressPart } from "../../core/index.ts";

/** How often rows are told, milliseconds. */
const toldEvery = 200;

/** Counts the rows that statements of a connection look at, for progress. */
export class RowsWatch {
  readonly #connection: DuckDBConnection;
  #told: ((part: ProgressPart) => void) | undefined;
  #last = 0;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Tells from now on. DuckDB counts only where it believes that it draws a bar. */
  async tell(told: ((part: ProgressPart) => void) | undefined): Promise<void> {
    this.#told = told;
    const draws = told === undefined ? "false" : "true";
    await this.#connection.run("set enable_progress_bar_print = false");
    await this.#connection.run("set progress_bar_time = 0");
    await this.#connection.run(`set enable_progress_bar = ${draws}`);
  }

  /** Tells of a statement while it works. */
  async statement<T>(name: string, work: () => Promise<T>): Promise<T> {
    const told = this.#told;
    if (told === undefined) return work();
    const timer = setInterval(() => {
      const { rows_processed: rows, total_rows_to_process: total } = this.#connection.progress;
      if (total > 0) told({ name, rows: Math.min(Number(rows), Number(total)), total: Number(total) });
    }, toldEvery);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  /** Tells how many rows of a result were taken so far. */
  taken(name: string, rows: number): void {
    const now = performance.now();
    if (this.#told === undefined || now - this.#last < toldEvery) return;
    this.#last = now;
    this.#told({ name, rows });
  }
}
