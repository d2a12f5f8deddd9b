import type { Database, RootDatabase } from "lmdb";
import type { Micros } from "../../../core/index.ts";
import { TondoError } from "../../../core/index.ts";
import { decodeFolds, decodePushed, encodePushed, type PushedRow } from "../codec/index.ts";
import type { GroupPointer } from "../group-pointer.ts";
import type {
  Feed,
  LoadCut,
  LoggedRow,
  NewFeed,
  NewLoad,
  Push,
  Pushed,
  PushedGroup,
  PushedStore,
} from "../pushed-store.ts";
import type { PlacedPosition, StreamMove, StreamPosition } from "../stream-position.ts";
import { dropRows } from "./drop-rows.ts";
import { foldKey, type GroupRecords, groupRecords } from "./group-records.ts";
import { type Bytes, logKey, logName, momentOfKey, overlayName } from "./lmdb-layout.ts";
import { PushedMeta } from "./pushed-meta.ts";

/** What of the store its pushed rows need. */
export interface LmdbPushedContext {
  readonly root: RootDatabase<Bytes, Bytes>;
  readonly meta: Database<Bytes, Bytes>;
  readonly lead: Micros;
  /** How old a view may be that is read. */
  readonly staleness: Micros;
  readonly openDatabase: (name: string, create: boolean) => Database<Bytes, Bytes> | undefined;
  readonly writing: <T>(doing: string, work: () => Promise<T>) => Promise<T>;
  /** What is current of a group, within a write. */
  readonly pointer: (group: string) => GroupPointer | undefined;
  /** Has all readers look anew, within a write. */
  readonly switched: () => void;
  readonly readAnew: () => void;
}

/** What was not admitted: nothing of it is the store's failure. */
interface Refused {
  readonly refused: unknown;
}

/** How many keys one write looks at, where rows are removed: others wait for it. */
const keysAtOnce = 256;

/** What is done, for messages. */
const feeding = "saying which groups are pushed to";

const decoder = new TextDecoder();

/** Rows that programs push, in LMDB: one record a key and group, and a log. Moments are chosen within the write, so that they ascend in the order of writes. */
export class LmdbPushed implements PushedStore {
  readonly lead: Micros;
  readonly #context: LmdbPushedContext;
  readonly #meta: PushedMeta;

  constructor(context: LmdbPushedContext) {
    this.#context = context;
    this.#meta = new PushedMeta(context.meta);
    this.lead = context.lead;
  }

  feed(feeds: readonly NewFeed[]): Promise<readonly Micros[]> {
    return this.#changing(feeding, () =>
      feeds.map(({ group, ...feed }) => {
        const before = this.#meta.feeds(feed.source).get(group);
        const since = before?.overlay === feed.overlay ? before.since : this.#meta.last();
        this.#meta.setFeed(group, { ...feed, since });
        return since;
      }),
    );
  }

  async starve(group: string, { source, id }: Feed): Promise<void> {
    await this.#changing(feeding, () => {
      if (this.#meta.feeds(source).get(group)?.id !== id) return;
      this.#meta.setFeed(group, { source, overlay: null, since: this.#meta.last() });
    });
  }

  async push({ source, texts, logged = texts, groups, choose, clock, moves = [] }: Push): Promise<Pushed> {
    const { root, pointer, openDatabase, writing, switched, readAnew } = this.#context;
    const chosen = (): readonly PushedGroup[] =>
      choose(
        this.#meta.feeds(source),
        groups.map(({ group }) => pointer(group)),
      );
    // Once for all groups: most rows come in several.
    const encoded = texts.map((text) => Buffer.from(text));
    const encodedLog = logged === texts ? encoded : logged.map((text) => Buffer.from(text));
    const done = await writing(`pushing to ${source}`, async (): Promise<Pushed | Refused> => {
      const log = opened(openDatabase(logName, true));
      const write = (overlays: ReadonlyMap<string, Database<Bytes, Bytes>>): Pushed | Refused | "again" => {
        const first = Math.max(clock() + this.lead, this.#meta.last() + 1);
        const last = first + texts.length - 1;
        let into: readonly PushedGroup[];
        let records: readonly GroupRecords[];
        let positions: readonly StreamPosition[];
        try {
          positions = this.#meta.moved(source, moves);
          into = chosen();
          if (!into.every(({ group }) => overlays.has(group))) return "again";
          const now = clock();
          records = into.map((one) => {
            const { group } = one;
            const cuts = (): readonly LoadCut[] => this.#meta.cuts(group);
            const held = { overlay: opened(overlays.get(group)), pointer: pointer(group), cuts, now };
            return groupRecords(one, encoded, first, held);
          });
        } catch (error) {
          // Nothing is written so far.
          return { refused: error };
        }
        for (const [i, { group, overlay }] of into.entries()) {
          const database = opened(overlays.get(group));
          for (const { key, record } of records[i]?.records ?? []) database.putSync(key, record);
          this.#meta.addFolded(group, overlay, records[i]?.foldedUpTo ?? -Infinity);
          if (this.#meta.addOverlay(group, overlay)) switched();
        }
        this.#meta.setPositions(source, moves, positions);
        for (const [i, bytes] of encodedLog.entries()) log.putSync(logKey(source, first + i), bytes);
        this.#meta.setLast(last);
        return { first, last, seenFrom: 0 };
      };
      for (;;) {
        readAnew();
        // Databases are opened before a write; which are needed is settled within it.
        const overlays = new Map<string, Database<Bytes, Bytes>>();
        let likely: readonly PushedGroup[];
        try {
          likely = chosen();
        } catch (error) {
          return { refused: error };
        }
        for (const { group, overlay } of likely)
          overlays.set(group, opened(openDatabase(overlayName(group, overlay), true)));
        const written = root.transactionSync(() => write(overlays));
        if (written === "again") continue;
        if ("refused" in written) return written;
        const seenFrom = clock() + this.#context.staleness;
        await root.flushed;
        readAnew();
        return { ...written, seenFrom };
      }
    });
    if ("refused" in done) throw done.refused;
    return done;
  }

  positions(source: string): Promise<readonly PlacedPosition[]> {
    this.#context.readAnew();
    return Promise.resolve(this.#meta.positions(source));
  }

  async move(source: string, moves: readonly StreamMove[]): Promise<readonly StreamPosition[]> {
    const done = await this.#changing(`saying how far ${source} is read`, (): readonly StreamPosition[] | Refused => {
      try {
        const positions = this.#meta.moved(source, moves);
        this.#meta.setPositions(source, moves, positions);
        return positions;
      } catch (error) {
        return { refused: error };
      }
    });
    if ("refused" in done) throw done.refused;
    return done;
  }

  identity(): Promise<string> {
    return this.#changing("naming the store", () => this.#meta.identity());
  }

  close(moment: Micros, loads: readonly NewLoad[] = []): Promise<ReadonlyMap<string, Micros>> {
    return this.#changing("closing what was pushed", () => {
      if (this.#meta.last() < moment) this.#meta.setLast(moment);
      return this.#meta.beginLoads(loads, moment, this.#context.pointer);
    });
  }

  /** Changes what stands in `meta` alone, in one write. */
  #changing<T>(doing: string, work: () => T): Promise<T> {
    const { root, writing, readAnew } = this.#context;
    return writing(doing, async () => {
      const done = root.transactionSync(work);
      await root.flushed;
      readAnew();
      return done;
    });
  }

  async dropFolded(group: string, overlay: string, key: Uint8Array, how?: "count"): Promise<number> {
    const place = foldKey(key);
    const { root, openDatabase, writing, readAnew } = this.#context;
    const work = async (): Promise<number> => {
      readAnew();
      const database = openDatabase(overlayName(group, overlay), false);
      if (database === undefined || place === undefined) return 0;
      const rows = root.transactionSync(() => {
        const held = database.getBinary(place);
        if (held === undefined) return 0;
        if (how === undefined) {
          database.removeSync(place);
          const beside = database.getBinary(Buffer.from(key));
          // What it says of folds is all that it may have of the key.
          const rows = beside === undefined ? [] : decodePushed(Buffer.from(beside));
          if (rows.length === 0) database.removeSync(Buffer.from(key));
          else database.putSync(Buffer.from(key), Buffer.from(encodePushed(rows)));
        }
        return decodeFolds(Buffer.from(held)).reduce((sum, fold) => sum + fold.rows, 0);
      });
      await root.flushed;
      readAnew();
      return rows;
    };
    return how === "count" ? work() : writing("removing what was pushed", work);
  }

  logged(source: string, after: Micros, limit: number): Promise<readonly LoggedRow[]> {
    this.#context.readAnew();
    const log = this.#context.openDatabase(logName, false);
    if (log === undefined) return Promise.resolve([]);
    const range = { start: Buffer.from(logKey(source, after + 1)), end: Buffer.from(logEnd(source)), limit };
    const found = Array.from(log.getRange(range), ({ key, value }) => ({
      k: momentOfKey(key),
      text: decoder.decode(value),
    }));
    return Promise.resolve(found);
  }

  dropLogged(source: string, isWanted: (row: LoggedRow) => boolean, how?: "count"): Promise<number> {
    const rowOf = (key: Bytes, value: Bytes): LoggedRow => ({ k: momentOfKey(key), text: decoder.decode(value) });
    const range = { start: Buffer.from(logKey(source, Number.MIN_SAFE_INTEGER)), end: Buffer.from(logEnd(source)) };
    return this.#drop(logName, how, range, (log, key, value) => {
      if (!isWanted(rowOf(key, value))) return 0;
      if (how === undefined) log.removeSync(key);
      return 1;
    });
  }

  overlays(group: string): Promise<readonly string[]> {
    this.#context.readAnew();
    return Promise.resolve(this.#meta.overlays(group));
  }

  drop(group: string, overlay: string, isWanted: (row: PushedRow) => boolean, how?: "count"): Promise<number> {
    return this.#dropRows(group, overlay, isWanted, -Infinity, how);
  }

  async retire(group: string, overlay: string, upTo: Micros): Promise<void> {
    // A view is a transaction: it has what was there when it was opened.
    await this.#dropRows(group, overlay, ({ k }) => k <= upTo, upTo);
  }

  /** @param upTo folds that end there or before are dropped, too */
  #dropRows(
    group: string,
    overlay: string,
    isWanted: (row: PushedRow) => boolean,
    upTo: Micros,
    how?: "count",
  ): Promise<number> {
    return this.#drop(overlayName(group, overlay), how, {}, (database, key, value) => {
      const dropped = dropRows(key, value, isWanted, upTo);
      if (how === undefined && dropped.record !== value) {
        if (dropped.record === undefined) database.removeSync(key);
        else database.putSync(key, Buffer.from(dropped.record));
      }
      return dropped.rows;
    });
  }

  /** Goes through a database in writes of some keys each, and adds up what `visit` gives. */
  #drop(
    name: string,
    how: "count" | undefined,
    range: { readonly start?: Buffer; readonly end?: Buffer },
    visit: (database: Database<Bytes, Bytes>, key: Bytes, value: Bytes) => number,
  ): Promise<number> {
    const { root, openDatabase, writing, readAnew } = this.#context;
    const work = async (): Promise<number> => {
      readAnew();
      const database = openDatabase(name, false);
      if (database === undefined) return 0;
      const keys = Array.from(database.getKeys(range), (key) => Buffer.from(key));
      let found = 0;
      for (let at = 0; at < keys.length; at += keysAtOnce) {
        root.transactionSync(() => {
          for (const key of keys.slice(at, at + keysAtOnce)) {
            const value = database.getBinary(key);
            if (value !== undefined) found += visit(database, key, Buffer.from(value));
          }
        });
        // Whoever pushes is let in between.
        await root.flushed;
      }
      readAnew();
      return found;
    };
    return how === "count" ? work() : writing("removing what was pushed", work);
  }
}

/** Behind the last row of a source in the log. */
function logEnd(source: string): Bytes {
  return logKey(source, Number.MAX_SAFE_INTEGER);
}

function opened(database: Database<Bytes, Bytes> | undefined): Database<Bytes, Bytes> {
  if (database === undefined) throw new TondoError("INTERNAL", "a database of the online store did not open");
  return database;
}
