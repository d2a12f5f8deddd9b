import { randomUUID } from "node:crypto";
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
import {
  type PlacedPosition,
  positionOf,
  positionText,
  type StreamMove,
  type StreamPosition,
} from "../stream-position.ts";
import { dropRows } from "./drop-rows.ts";
import { foldKey, type GroupRecords, groupRecords } from "./group-records.ts";
import {
  type Bytes,
  cutsKey,
  feedKey,
  feedsOf,
  foldedKey,
  identityKey,
  logKey,
  logName,
  momentOfKey,
  overlayKey,
  overlayKeys,
  overlayName,
  overlayOfKey,
  positionKey,
  positionsOf,
  pushedKey,
} from "./lmdb-layout.ts";

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

/** How many loads that were begun are remembered of a group: where more are under way at once, those that began first read less than they should, and are told so. */
const mostCuts = 8;

/** How many keys one write looks at, where rows are removed: others wait for it. */
const keysAtOnce = 256;

const decoder = new TextDecoder();

/** Rows that programs push, in LMDB: one record a key and group, and a log. Moments are chosen within the write, so that they ascend in the order of writes. */
export class LmdbPushed implements PushedStore {
  readonly lead: Micros;
  readonly #context: LmdbPushedContext;

  constructor(context: LmdbPushedContext) {
    this.#context = context;
    this.lead = context.lead;
  }

  feed(feeds: readonly NewFeed[]): Promise<readonly Micros[]> {
    const { meta } = this.#context;
    return this.#feeding(() =>
      feeds.map(({ group, ...feed }) => {
        const before = feedsOf(meta, feed.source).get(group);
        const since = before?.overlay === feed.overlay ? before.since : this.#last();
        this.#setFeed(group, { ...feed, since, id: randomUUID() });
        return since;
      }),
    );
  }

  async starve(group: string, { source, id }: Feed): Promise<void> {
    const { meta } = this.#context;
    await this.#feeding(() => {
      if (feedsOf(meta, source).get(group)?.id !== id) return;
      this.#setFeed(group, { source, overlay: null, since: this.#last(), id: randomUUID() });
    });
  }

  #feeding<T>(work: () => T): Promise<T> {
    const { root, writing, readAnew } = this.#context;
    return writing("saying which groups are pushed to", async () => {
      const done = root.transactionSync(work);
      await root.flushed;
      readAnew();
      return done;
    });
  }

  #setFeed(group: string, feed: Feed): void {
    this.#context.meta.putSync(feedKey(group), Buffer.from(JSON.stringify(feed)));
  }

  async push({ source, texts, logged = texts, groups, choose, clock, moves = [] }: Push): Promise<Pushed> {
    const { root, meta, pointer, openDatabase, writing, switched, readAnew } = this.#context;
    const chosen = (): readonly PushedGroup[] =>
      choose(
        feedsOf(meta, source),
        groups.map(({ group }) => pointer(group)),
      );
    // Once for all groups: most rows come in several.
    const encoded = texts.map((text) => Buffer.from(text));
    const encodedLog = logged === texts ? encoded : logged.map((text) => Buffer.from(text));
    const done = await writing(`pushing to ${source}`, async (): Promise<Pushed | Refused> => {
      const log = opened(openDatabase(logName, true));
      const write = (overlays: ReadonlyMap<string, Database<Bytes, Bytes>>): Pushed | Refused | "again" => {
        const first = Math.max(clock() + this.lead, this.#last() + 1);
        const last = first + texts.length - 1;
        let into: readonly PushedGroup[];
        let records: readonly GroupRecords[];
        let positions: readonly StreamPosition[];
        try {
          positions = this.#moved(source, moves);
          into = chosen();
          if (!into.every(({ group }) => overlays.has(group))) return "again";
          const now = clock();
          records = into.map((one) => {
            const { group } = one;
            const cuts = (): readonly LoadCut[] => this.#cuts(group);
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
          this.#setFolded(group, overlay, records[i]?.foldedUpTo ?? -Infinity);
          const named = overlayKey(group, overlay);
          if (meta.getBinary(named) !== undefined) continue;
          meta.putSync(named, Buffer.of(1));
          switched();
        }
        this.#setPositions(source, moves, positions);
        for (const [i, bytes] of encodedLog.entries()) log.putSync(logKey(source, first + i), bytes);
        this.#setLast(last);
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
    return Promise.resolve(positionsOf(this.#context.meta, source));
  }

  async move(source: string, moves: readonly StreamMove[]): Promise<readonly StreamPosition[]> {
    const { root, writing, readAnew } = this.#context;
    const done = await writing(
      `saying how far ${source} is read`,
      async (): Promise<readonly StreamPosition[] | Refused> => {
        const moved = root.transactionSync(() => {
          try {
            const positions = this.#moved(source, moves);
            this.#setPositions(source, moves, positions);
            return positions;
          } catch (error) {
            return { refused: error };
          }
        });
        await root.flushed;
        readAnew();
        return moved;
      },
    );
    if ("refused" in done) throw done.refused;
    return done;
  }

  identity(): Promise<string> {
    const { root, meta, writing } = this.#context;
    return writing("naming the store", async () => {
      const name = root.transactionSync(() => {
        const known = meta.getBinary(identityKey);
        if (known !== undefined) return decoder.decode(known);
        const made = randomUUID();
        meta.putSync(identityKey, Buffer.from(made));
        return made;
      });
      await root.flushed;
      return name;
    });
  }

  /** What becomes of positions, within a write; what a change throws is thrown. */
  #moved(source: string, moves: readonly StreamMove[]): readonly StreamPosition[] {
    return moves.map((move) => {
      const stored = this.#context.meta.getBinary(positionKey(source, move));
      return move.change(stored === undefined ? undefined : positionOf(decoder.decode(stored)));
    });
  }

  #setPositions(source: string, moves: readonly StreamMove[], positions: readonly StreamPosition[]): void {
    for (const [i, move] of moves.entries()) {
      const position = positions[i];
      if (position !== undefined)
        this.#context.meta.putSync(positionKey(source, move), Buffer.from(positionText(position)));
    }
  }

  close(moment: Micros, loads: readonly NewLoad[] = []): Promise<ReadonlyMap<string, Micros>> {
    const { root, writing, readAnew } = this.#context;
    return writing("closing what was pushed", async () => {
      const folded = root.transactionSync(() => {
        if (this.#last() < moment) this.#setLast(moment);
        return new Map(loads.flatMap((load) => this.#begun(load, moment)));
      });
      await root.flushed;
      readAnew();
      return folded;
    });
  }

  /** Remembers that a load was begun; or gives up to which moment rows were folded, where that may have been on both sides of its own. */
  #begun({ group, overlay, layout }: NewLoad, at: Micros): readonly (readonly [string, Micros])[] {
    const cuts = this.#cuts(group);
    const { asOf, before } = this.#context.pointer(group) ?? {};
    const isBound = [asOf, before?.asOf, ...cuts.map((cut) => cut.at)].includes(at);
    const upTo = this.#folded(group, overlay);
    if (!isBound && upTo !== undefined && upTo > at) return [[group, upTo]];
    const kept = [...cuts.filter((cut) => cut.at !== at), { at, layout }].slice(-mostCuts);
    this.#context.meta.putSync(cutsKey(group), Buffer.from(JSON.stringify(kept)));
    return [];
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

  #cuts(group: string): readonly LoadCut[] {
    const bytes = this.#context.meta.getBinary(cutsKey(group));
    return bytes === undefined ? [] : (JSON.parse(decoder.decode(bytes)) as readonly LoadCut[]);
  }

  #folded(group: string, overlay: string): Micros | undefined {
    const bytes = this.#context.meta.getBinary(foldedKey(group, overlay));
    return bytes === undefined ? undefined : Buffer.from(bytes).readDoubleLE(0);
  }

  #setFolded(group: string, overlay: string, upTo: Micros): void {
    if (upTo <= (this.#folded(group, overlay) ?? -Infinity)) return;
    this.#context.meta.putSync(foldedKey(group, overlay), Buffer.from(Float64Array.of(upTo).buffer));
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
    const { meta, readAnew } = this.#context;
    readAnew();
    const range = { start: Buffer.from(overlayKeys.start), end: Buffer.from(overlayKeys.end) };
    const all = Array.from(meta.getKeys(range), overlayOfKey);
    return Promise.resolve(all.flatMap((one) => (one.group === group ? [one.overlay] : [])));
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

  /** The moment of the row that was pushed last. */
  #last(): Micros {
    const bytes = this.#context.meta.getBinary(pushedKey);
    return bytes === undefined ? Number.MIN_SAFE_INTEGER : Buffer.from(bytes).readDoubleLE(0);
  }

  #setLast(moment: Micros): void {
    this.#context.meta.putSync(pushedKey, Buffer.from(Float64Array.of(moment).buffer));
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
