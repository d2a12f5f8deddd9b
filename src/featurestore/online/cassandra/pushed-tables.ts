import { Buffer } from "node:buffer";
import type { Micros } from "../../../core/index.ts";
import type { PushedGroup } from "../pushed-store.ts";
import { atOnce } from "./at-once.ts";
import { pushedTables, quoteName } from "./cassandra-schema.ts";
import { partitionPieces } from "./partition-pieces.ts";
import { overlayScope, logScope } from "./pushed-scope.ts";
import type { Row, Session, Statement } from "./session.ts";

/** A batch that somebody has begun to write in a scope. */
export interface BegunBatch {
  readonly hour: number;
  readonly batch: string;
  /** When, by the machine's clock, milliseconds. */
  readonly began: number;
}

/** A row for requests, as it lies in its table. */
export interface HeldRow {
  readonly key: Buffer;
  readonly place: number;
  readonly t: Micros;
  /** Its moment, where it says that by itself, as those of earlier releases do. */
  readonly k: Micros | undefined;
  readonly since: Micros;
  /** `null` for what a late write left of a row that was removed. */
  readonly text: string | null;
}

/** What a push writes. */
export interface BatchToWrite {
  readonly batch: string;
  readonly source: string;
  readonly texts: readonly string[];
  readonly logged: readonly string[];
  readonly groups: readonly PushedGroup[];
  /** Its moments are not before this one. */
  readonly since: Micros;
}

const hourMs = 3_600_000;
/** The hour under which the hours of a scope are listed. */
const listed = -1;

/** The tables in which pushes write rows, and what finds them there again: batches by the hour in which they began, and the keys of each. */
export class PushedTables {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Writes the rows of a batch, which do not count so far; first what finds them, so that none is there which nobody finds. */
  async write({ batch, source, texts, logged, groups, since }: BatchToWrite, doing: string): Promise<void> {
    const { store } = this.#session.settled;
    const began = Date.now();
    const hour = Math.floor(began / hourMs);
    const scopes = [
      logScope(store, source),
      ...groups.map(({ group, overlay }) => overlayScope(store, group, overlay)),
    ];
    const finders: Statement[] = [];
    const rowsOfKeys: Statement[][] = [];
    for (const [g, { keys }] of groups.entries()) {
      const scope = scopes[g + 1] ?? "";
      for (const { key, rows } of keys) {
        const bytes = Buffer.from(key);
        finders.push(this.#insert("keys", { push: batch, scope, key: bytes }));
        rowsOfKeys.push(
          rows.map(({ place, t }) =>
            this.#insert("rows", { scope, key: bytes, push: batch, place, since, t, columns: texts[place] ?? "" }),
          ),
        );
      }
    }
    const begun = scopes.flatMap((scope) => [
      [this.#insert("batches", { scope, hour: listed, push: String(hour) })],
      [this.#insert("batches", { scope, hour, push: batch, began: new Date(began) })],
    ]);
    const log = logged.map((columns, place) => this.#insert("log", { push: batch, place, columns }));
    await this.#write([...begun, finders], doing);
    await this.#write([log, ...rowsOfKeys], doing);
  }

  /** Tells those who read rows of a batch that stands since when it does. */
  async tell(batch: string, first: Micros, doing: string): Promise<void> {
    const query = `UPDATE ${this.#name("keys")} SET first = ? WHERE push = ?`;
    await this.#write([[{ query, params: [first, batch] }]], doing);
  }

  /** Since when a batch stands, where that is told. */
  async told(batch: string, doing: string): Promise<Micros | undefined> {
    const query = `SELECT first FROM ${this.#name("keys")} WHERE push = ? LIMIT 1`;
    for await (const row of this.#session.pages(doing, query, [batch], "proof"))
      return (row["first"] ?? undefined) as Micros | undefined;
    return undefined;
  }

  /** Removes what is told of a batch, unless it has keys in some scope still. */
  async untell(batch: string, doing: string): Promise<void> {
    const where = `FROM ${this.#name("keys")} WHERE push = ?`;
    for await (const row of this.#session.pages(doing, `SELECT scope ${where} LIMIT 1`, [batch], "proof"))
      // A row of static columns alone has none.
      if ((row["scope"] ?? null) !== null) return;
    await this.#write([[{ query: `DELETE ${where}`, params: [batch] }]], doing);
  }

  /** The batches that were begun in a scope, by hours. */
  async *begun(
    scope: string,
    doing: string,
  ): AsyncGenerator<{ readonly hour: number; readonly batches: readonly BegunBatch[] }> {
    const hours: number[] = [];
    const query = `SELECT push, began FROM ${this.#name("batches")} WHERE scope = ? AND hour = ?`;
    for await (const row of this.#session.pages(doing, query, [scope, listed], "proof")) {
      // A row of static columns alone has none.
      const name = (row["push"] ?? null) as string | null;
      if (name !== null) hours.push(Number(name));
    }
    for (const hour of hours.sort((a, b) => a - b)) {
      const batches: BegunBatch[] = [];
      for await (const row of this.#session.pages(doing, query, [scope, hour], "proof"))
        batches.push({ hour, batch: row["push"] as string, began: (row["began"] as Date).getTime() });
      yield { hour, batches };
    }
  }

  /** The keys under which a batch wrote rows in a scope. */
  async keysOf(scope: string, batch: string, doing: string): Promise<readonly Buffer[]> {
    const keys: Buffer[] = [];
    const query = `SELECT key FROM ${this.#name("keys")} WHERE push = ? AND scope = ?`;
    for await (const row of this.#session.pages(doing, query, [batch, scope], "proof")) keys.push(row["key"] as Buffer);
    return keys;
  }

  /** The rows of a batch under a key, or those of all batches. */
  async rowsOf(scope: string, key: Buffer, batch: string | undefined, doing: string): Promise<readonly HeldRow[]> {
    const rows: HeldRow[] = [];
    const query = `SELECT ${rowColumns} FROM ${this.#name("rows")} WHERE scope = ? AND key = ?${batch === undefined ? "" : " AND push = ?"}`;
    const params = [scope, key, ...(batch === undefined ? [] : [batch])];
    for await (const row of this.#session.pages(doing, query, params, "proof")) rows.push(heldRow(row, key));
    return rows;
  }

  /** The rows of a batch for loads. */
  async logOf(batch: string, doing: string): Promise<readonly { readonly place: number; readonly text: string }[]> {
    const rows: { place: number; text: string }[] = [];
    const query = `SELECT place, columns FROM ${this.#name("log")} WHERE push = ?`;
    for await (const row of this.#session.pages(doing, query, [batch], "proof"))
      rows.push({ place: row["place"] as number, text: row["columns"] as string });
    return rows;
  }

  async removeRows(scope: string, key: Buffer, batch: string, places: readonly number[], doing: string): Promise<void> {
    const query = `DELETE FROM ${this.#name("rows")} WHERE scope = ? AND key = ? AND push = ? AND place = ?`;
    await this.#write([places.map((place) => ({ query, params: [scope, key, batch, place] }))], doing);
  }

  async removeKey(scope: string, key: Buffer, batch: string, doing: string): Promise<void> {
    const query = `DELETE FROM ${this.#name("keys")} WHERE push = ? AND scope = ? AND key = ?`;
    await this.#write([[{ query, params: [batch, scope, key] }]], doing);
  }

  async removeLog(batch: string, places: readonly number[] | "all", doing: string): Promise<void> {
    const query = `DELETE FROM ${this.#name("log")} WHERE push = ?`;
    if (places === "all") await this.#write([[{ query, params: [batch] }]], doing);
    else
      await this.#write([places.map((place) => ({ query: `${query} AND place = ?`, params: [batch, place] }))], doing);
  }

  /** Takes a batch out of a scope in which it has nothing any more. */
  async removeBatch(scope: string, { hour, batch }: BegunBatch, doing: string): Promise<void> {
    const query = `DELETE FROM ${this.#name("batches")} WHERE scope = ? AND hour = ? AND push = ?`;
    await this.#write([[{ query, params: [scope, hour, batch] }]], doing);
  }

  /** Takes an hour out of a scope, unless somebody may still begin a batch in it. */
  async removeHour(scope: string, hour: number, doing: string): Promise<void> {
    if (hour >= Math.floor(Date.now() / hourMs) - 1) return;
    const query = `DELETE FROM ${this.#name("batches")} WHERE scope = ? AND hour = ? AND push = ?`;
    await this.#write([[{ query, params: [scope, listed, String(hour)] }]], doing);
  }

  /** Up to which moment rows of a scope are to be removed, once those who may still read them are done. */
  async retired(
    scope: string,
    doing: string,
  ): Promise<{ readonly upTo: Micros; readonly isHeld: boolean } | undefined> {
    const query = `SELECT retired, held FROM ${this.#name("batches")} WHERE scope = ? AND hour = ? LIMIT 1`;
    for await (const row of this.#session.pages(doing, query, [scope, listed], "proof")) {
      const upTo = (row["retired"] ?? null) as Micros | null;
      if (upTo !== null) return { upTo, isHeld: row["held"] === true };
    }
    return undefined;
  }

  async retire(scope: string, upTo: Micros, holdMs: number, doing: string): Promise<void> {
    const table = this.#name("batches");
    // Held first: for no moment it is to be removed and not held.
    await this.#write(
      [
        [
          {
            query: `UPDATE ${table} USING TTL ? SET held = true WHERE scope = ? AND hour = ?`,
            params: [Math.ceil(holdMs / 1000) + 1, scope, listed],
          },
        ],
      ],
      doing,
    );
    const query = `UPDATE ${table} SET retired = ? WHERE scope = ? AND hour = ?`;
    await this.#write([[{ query, params: [upTo, scope, listed] }]], doing);
  }

  #insert(table: keyof typeof pushedTables, columns: Readonly<Record<string, unknown>>): Statement {
    const names = Object.keys(columns);
    const query = `INSERT INTO ${this.#name(table)} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
    return { query, params: Object.values(columns) };
  }

  /** Writes into partitions, in no order. */
  #write(partitions: readonly (readonly Statement[])[], doing: string): Promise<void> {
    const { writesInFlight } = this.#session.settled.limits;
    return atOnce(writesInFlight, partitions.flatMap(partitionPieces), (piece) => this.#session.write(doing, piece));
  }

  #name(table: keyof typeof pushedTables): string {
    return `${quoteName(this.#session.settled.keyspace)}.${quoteName(pushedTables[table])}`;
  }
}

/** The columns of {@link heldRow}. */
export const rowColumns = "push, place, since, t, k, columns";

/** A row of the table for requests. */
export function heldRow(row: Row, key: Buffer): HeldRow & { readonly batch: string } {
  return {
    key,
    batch: row["push"] as string,
    place: row["place"] as number,
    t: (row["t"] ?? NaN) as Micros,
    k: (row["k"] ?? undefined) as Micros | undefined,
    since: (row["since"] ?? Infinity) as Micros,
    text: (row["columns"] ?? null) as string | null,
  };
}
