import type { Client, QueryOptions, types } from "cassandra-driver";
import { TondoError } from "../../../core/index.ts";
import { type RecordBatch, recordBatch, type RecordChange } from "../online-store.ts";
import { cassandraError } from "./cassandra-error.ts";
import { wholeRecord } from "./partition-reads.ts";
import type { Session } from "./session.ts";

/** Into how many ranges of equal width the tokens of a table are cut. */
const ranges = 64;

/** How many ranges are read at once. */
const atOnce = 4;

/** Tokens of Cassandra's partitioner are 64-bit integers with a sign; the least of all is none's. */
const leastToken = -(2n ** 63n);

/** Reads the records of a whole table, range by range of its tokens and page by page, so many pages under way at once. */
export class RecordScan {
  readonly #client: Client;
  readonly #options: QueryOptions;
  readonly #where: string;

  constructor(session: Session) {
    this.#client = session.client;
    // With pages of so many rows no more writes of a copy are under way than of a load.
    const fetchSize = Math.max(1, Math.floor(session.settled.limits.writesInFlight / atOnce));
    this.#options = { ...session.scanOptions(), prepare: false, fetchSize };
    this.#where = session.settled.where;
  }

  /**
   * Gives the records of a table, whose name is quoted, with its keyspace, to `write`, each as `change` has it. Settled once nothing of it is under way any more.
   *
   * @throws TondoError `GENERATION_GONE`, `ABORTED`, and what `change` and `write` throw
   */
  async copy(
    table: string,
    change: RecordChange,
    write: (batch: RecordBatch) => Promise<void>,
    doing: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const over = new AbortController();
    let next = 0;
    const copyRanges = async (): Promise<void> => {
      try {
        for (let range = next++; range < ranges; range = next++) {
          for await (const rows of this.#pages(table, range, doing)) {
            if (over.signal.aborted) return;
            if (signal?.aborted === true)
              throw new TondoError("ABORTED", "copying records was cancelled", { cause: signal.reason });
            await write(changed(rows, change));
          }
        }
      } catch (error) {
        over.abort();
        throw error;
      }
    };
    const all = await Promise.allSettled(Array.from({ length: atOnce }, copyRanges));
    for (const one of all) if (one.status === "rejected") throw one.reason;
  }

  async *#pages(table: string, range: number, doing: string): AsyncGenerator<readonly types.Row[], void> {
    const width = 2n ** 64n / BigInt(ranges);
    const from = leastToken + BigInt(range) * width;
    const to = range === ranges - 1 ? 2n ** 63n - 1n : from + width;
    // Bounds are numbers of our own making, and a statement of its own each: nothing to prepare.
    const query = `SELECT key, part, record FROM ${table} WHERE token(key) > ${String(from)} AND token(key) <= ${String(to)}`;
    let pageState: unknown;
    do {
      let result: types.ResultSet;
      try {
        result = await this.#client.execute(query, [], {
          ...this.#options,
          ...(typeof pageState === "string" ? { pageState } : {}),
        });
      } catch (error) {
        throw cassandraError(error, doing, this.#where);
      }
      if (result.rows.length > 0) yield result.rows;
      pageState = result.pageState;
    } while (typeof pageState === "string");
  }
}

/** The records of some rows as `change` has them. A record is one row: parts of others this program does not know. */
function changed(rows: readonly types.Row[], change: RecordChange): RecordBatch {
  const keys: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  for (const [i, row] of rows.entries()) {
    const record = wholeRecord(rows, i, i + 1);
    const key = row["key"] as Buffer;
    const value = record === undefined ? undefined : change(key, record);
    if (value === undefined) continue;
    keys.push(key);
    values.push(value);
  }
  return recordBatch(keys, values);
}
