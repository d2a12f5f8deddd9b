import type { Client, QueryOptions } from "cassandra-driver";
import { pieceOf, type RecordBatch } from "../online-store.ts";
import { cassandraError } from "./cassandra-error.ts";
import type { Session } from "./session.ts";

/** Writes records, so many under way at once. */
export class RecordWrites {
  readonly #client: Client;
  readonly #options: QueryOptions;
  readonly #atOnce: number;
  readonly #where: string;

  constructor(session: Session) {
    this.#client = session.client;
    this.#options = session.writeOptions();
    this.#atOnce = session.settled.limits.writesInFlight;
    this.#where = session.settled.where;
  }

  /**
   * Writes the records of a batch into a table, whose name is quoted, with its keyspace. Settled once nothing of it is under way any more: all is
   * acknowledged, or the first failure is thrown.
   */
  write(table: string, { keys, values }: RecordBatch, doing: string): Promise<void> {
    const query = `INSERT INTO ${table} (key, part, record) VALUES (?, 0x, ?)`;
    return new Promise((resolve, reject) => {
      let next = 0;
      let underWay = 0;
      let failure: { readonly error: unknown } | undefined;
      const fill = (): void => {
        while (underWay < this.#atOnce && next < keys.ends.length && failure === undefined) {
          const params = [bytesOf(pieceOf(keys, next)), bytesOf(pieceOf(values, next))];
          next++;
          underWay++;
          this.#client.execute(query, params, this.#options).then(ended, failed);
        }
        if (underWay > 0) return;
        if (failure === undefined) resolve();
        else reject(cassandraError(failure.error, doing, this.#where));
      };
      const ended = (): void => {
        underWay--;
        fill();
      };
      const failed = (error: unknown): void => {
        failure ??= { error };
        ended();
      };
      fill();
    });
  }
}

/** The same bytes as the driver takes them. */
function bytesOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
