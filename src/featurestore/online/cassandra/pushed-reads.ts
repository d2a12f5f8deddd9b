import { encodePushed, type PushedRow } from "../codec/index.ts";
import type { Micros } from "../../../core/index.ts";
import type { PushedVisitor } from "../online-store.ts";
import { pushedTables, quoteName } from "./cassandra-schema.ts";
import { keysOnce } from "./keys-once.ts";
import type { PartitionReads } from "./partition-reads.ts";
import type { PushOrder } from "./push-order.ts";
import { heldRow, type HeldRow, rowColumns } from "./pushed-tables.ts";
import type { Session } from "./session.ts";

const doing = "reading pushed rows";

type BatchRow = HeldRow & { readonly batch: string };

/**
 * Reads the rows that are pushed under keys: a query a key, beside that of its record. A row says its moment by itself, but for the short while until the push that wrote it is done, and
 * where one died over it: then it counts iff its batch stands, which is looked up serially, and only where its moment may have come.
 */
export class PushedReads {
  readonly #reads: PartitionReads;
  readonly #order: PushOrder;
  readonly #table: string;
  readonly #query: string;

  constructor(session: Session, reads: PartitionReads, order: PushOrder) {
    this.#reads = reads;
    this.#order = order;
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
    const firsts = new Map<string, Micros | undefined>();
    for (let again = 0; open.length > 0; again++) {
      const states = await this.#order.states([...new Set(open.map(({ batch }) => batch))], doing);
      for (const [batch, { first }] of states) firsts.set(batch, first);
      if (again > 0 || open.every(({ batch }) => firsts.has(batch))) break;
      // One that is forgotten by now has rows that say their moments: whoever forgets it sees to that before.
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
