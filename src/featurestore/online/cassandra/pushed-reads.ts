import { encodePushed, type PushedRow } from "../codec/index.ts";
import type { Micros } from "../../../core/index.ts";
import type { PushedVisitor } from "../online-store.ts";
import { pushedTables, quoteName } from "./cassandra-schema.ts";
import { keysOnce } from "./keys-once.ts";
import type { BatchMoments } from "./batch-moments.ts";
import type { PartitionReads } from "./partition-reads.ts";
import { heldRow, type HeldRow, rowColumns } from "./pushed-tables.ts";
import type { Session } from "./session.ts";

type BatchRow = HeldRow & { readonly batch: string };

/**
 * Reads the rows that are pushed under keys: a query a key, beside that of its record. A row counts iff its batch stands, which is looked up once for all rows of the batch, and only where its moment may
 * have come. Rows of earlier releases say their moments by themselves.
 */
export class PushedReads {
  readonly #reads: PartitionReads;
  readonly #moments: BatchMoments;
  readonly #table: string;
  readonly #query: string;

  constructor(session: Session, reads: PartitionReads, moments: BatchMoments) {
    this.#reads = reads;
    this.#moments = moments;
    this.#table = pushedTables.rows;
    const name = `${quoteName(session.settled.keyspace)}.${quoteName(this.#table)}`;
    this.#query = `SELECT ${rowColumns} FROM ${name} WHERE scope = ? AND key = ?`;
  }

  /**
   * Calls `visit` once for each key that has rows.
   *
   * @param upTo rows of later moments may be left out
   * @param until until when answers count, by `performance.now`
   */
  async read(
    scope: string,
    keys: readonly Uint8Array[],
    upTo: Micros,
    until: number,
    visit: PushedVisitor,
  ): Promise<void> {
    const { unique, places } = keysOnce(keys);
    await Promise.all(
      unique.map(async (key, i) => {
        const rows = await this.#rows(scope, key, upTo, until);
        if (rows.length === 0) return;
        const record = encodePushed(rows);
        const place = places[i] ?? [];
        if (typeof place === "number") visit(place, record);
        else for (const one of place) visit(one, record);
      }),
    );
  }

  async #rows(scope: string, key: Buffer, upTo: Micros, until: number): Promise<readonly PushedRow[]> {
    const read = async (): Promise<readonly BatchRow[]> =>
      (await this.#reads.rows(this.#table, this.#query, [scope, key], until)).map((row) => heldRow(row, key));
    let rows = await read();
    if (rows.length === 0) return [];
    const isOpen = ({ k, since, text }: HeldRow): boolean => k === undefined && text !== null && since <= upTo;
    let open = rows.filter(isOpen);
    const firsts = new Map<string, Micros>();
    for (let again = 0; open.length > 0; again++) {
      for (const [batch, first] of await this.#moments.of(open.map(({ batch }) => batch))) firsts.set(batch, first);
      open = open.filter(({ batch }) => !firsts.has(batch));
      if (again > 0 || open.length === 0) break;
      // One that was forgotten between two looks is told of by now: whoever forgets it sees to that before.
      rows = await read();
      open = rows.filter((row) => isOpen(row) && !firsts.has(row.batch));
    }
    return rows
      .flatMap(({ batch, place, t, k, text }): readonly PushedRow[] => {
        const first = firsts.get(batch);
        const moment = k ?? (first === undefined ? undefined : first + place);
        return moment === undefined || text === null ? [] : [{ t, k: moment, text }];
      })
      .sort((one, other) => one.k - other.k);
  }
}
