import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Micros } from "../../../core/index.ts";
import type { Feed, NewFeed } from "../pushed-store.ts";
import type { StreamMove } from "../stream-position.ts";
import { crowded, orderTable, updateEntry } from "./order-entry.ts";
import type { Row, Session, Statement } from "./session.ts";
import { settleChange } from "./settle-change.ts";
import { StreamPositions } from "./stream-positions.ts";

/** The rows of one push, once they stand. */
export interface StandingBatch {
  readonly batch: string;
  readonly source: string;
  /** The moment of its first row. */
  readonly first: Micros;
  readonly rows: number;
}

/** One that is to stand, and how far its source is read then. */
export interface NewBatch extends StandingBatch {
  readonly moves?: readonly StreamMove[];
}

/** What became of a batch that was decided. */
export interface BatchState {
  /** The moment of its first row; absent where it was refused. */
  readonly first: Micros | undefined;
  readonly source: string;
  readonly rows: number;
  /** Whether it is told beside its keys since when it counts. */
  readonly isTold: boolean;
}

/** Where pushes stand. */
export interface PushHead {
  /** The moment behind which the next push is; before all where there was none. */
  readonly last: Micros | null;
  /** Another one each time that something is said of which groups are fed. */
  readonly feed: string | null;
}

/** How long it is remembered that a batch was refused, seconds: far longer than a push takes. */
const refusedSeconds = 86_400;

/**
 * Which pushes of a store stand, since when and in which order: one partition, changed by conditional batches and read serially, so that there is one order.
 * A push stands by one change that moves `last` over its moments as well, and only where `last` is before them: so moments ascend in the order in which pushes come to stand, and what
 * reads up to a moment misses none that comes to stand later.
 */
export class PushOrder {
  /** How far topics are read: in the same partition, so that it changes with what stands. */
  readonly positions: StreamPositions;
  readonly #session: Session;
  readonly #name: string;

  constructor(session: Session) {
    this.#session = session;
    this.#name = orderTable(session);
    this.positions = new StreamPositions(session);
  }

  async head(doing: string): Promise<PushHead> {
    const row = await this.#head(doing);
    return { last: (row["last"] ?? null) as Micros | null, feed: (row["feed"] ?? null) as string | null };
  }

  /** What was said of the groups that a source feeds, or of all. */
  async feeds(source: string | undefined, doing: string): Promise<ReadonlyMap<string, Feed>> {
    const query = `SELECT entry, source, overlay, since, first, feed FROM ${this.#name} WHERE store = ? AND entry > ? AND entry < ?`;
    const params = [this.#store, feedEntry(""), feedsEnd];
    const feeds = new Map<string, Feed>();
    for await (const row of this.#session.pages(doing, query, params, "serial")) {
      const feed = feedOf(row);
      if (source === undefined || feed.source === source) feeds.set((row["entry"] as string).slice(1), feed);
    }
    return feeds;
  }

  /** Says which groups are fed by which source. Gives of each behind which moment all that is pushed comes in it. */
  async feed(feeds: readonly NewFeed[], doing: string): Promise<readonly Micros[]> {
    const said = await this.#say(doing, async ({ last }) => {
      const before = await this.feeds(undefined, doing);
      return feeds.map(({ group, ...feed }) => {
        const old = before.get(group);
        const isSame = old?.source === feed.source && old.overlay === feed.overlay;
        return [group, { ...feed, since: isSame ? old.since : (last ?? Number.MIN_SAFE_INTEGER) }];
      });
    });
    return said.map(([, { since }]) => since);
  }

  /** Says that rows come in a group no longer, unless that was said anew. */
  async starve(group: string, { source, id }: Feed, doing: string): Promise<void> {
    await this.#say(doing, async ({ last }) => {
      const now = (await this.feeds(source, doing)).get(group);
      return now?.id === id ? [[group, { source, overlay: null, since: last ?? Number.MIN_SAFE_INTEGER }]] : [];
    });
  }

  /** Decides what is said of groups where nothing was pushed, nor said, since it was looked at. */
  async #say(doing: string, of: (head: PushHead) => Promise<readonly SaidOfGroup[]>): Promise<readonly SaidOfGroup[]> {
    for (let left = this.#session.settled.limits.pushTries; left > 0; left--) {
      const head = await this.head(doing);
      const said = await of(head);
      if (said.length === 0) return said;
      const id = randomUUID();
      const { query, params } = updateEntry(this.#session, headEntry, "feed = ?", [id]);
      const statements: Statement[] = [
        { query: `${query} IF feed = ? AND last = ?`, params: [...params, head.feed, head.last] },
        ...said.map(([group, { source, overlay, since, asOf = null }]) =>
          updateEntry(this.#session, feedEntry(group), "source = ?, overlay = ?, since = ?, first = ?, feed = ?", [
            ...[source, overlay, since, asOf, id],
          ]),
        ),
      ];
      const isTaken = async (): Promise<boolean> => (await this.head(doing)).feed === id;
      if (await settleChange(this.#session, doing, statements, isTaken)) return said;
      await sleep(Math.random() * 10);
    }
    throw crowded(this.#session, doing);
  }

  /**
   * Has a batch stand at its moments. `false` where another was faster, a load closed them, groups are fed otherwise, or the batch was refused: nothing has changed then.
   * @param seen where pushes stood
   */
  async stand({ batch, source, first, rows, moves = [] }: NewBatch, seen: PushHead, doing: string): Promise<boolean> {
    const { statements: moved } = await this.positions.moves(source, moves, doing);
    const last = first + rows - 1;
    const head = updateEntry(this.#session, headEntry, "last = ?", [last]);
    const headed: Statement =
      seen.last === null
        ? { query: `${head.query} IF last = NULL AND feed = ?`, params: [...head.params, seen.feed] }
        : { query: `${head.query} IF last < ? AND feed = ?`, params: [...head.params, first, seen.feed] };
    const named = updateEntry(this.#session, batchEntry(batch), "source = ?, first = ?, rows = ?", [
      source,
      first,
      rows,
    ]);
    const ordered = updateEntry(this.#session, momentEntry(last), "push = ?, source = ?, first = ?, rows = ?", [
      ...[batch, source, first, rows],
    ]);
    const fresh = { query: `${named.query} IF first = NULL AND refused = NULL`, params: named.params };
    return settleChange(this.#session, doing, [headed, fresh, ordered, ...moved], async () => {
      const state = (await this.states([batch], doing)).get(batch);
      return state?.first === first;
    });
  }

  /** Moves `last` to a moment where it is before it: what is pushed from now on is behind. */
  async close(moment: Micros, doing: string): Promise<void> {
    for (let left = this.#session.settled.limits.pushTries; left > 0; left--) {
      const { last: seen } = await this.head(doing);
      if (seen !== null && seen >= moment) return;
      const { query, params } = updateEntry(this.#session, headEntry, "last = ?", [moment]);
      const statement: Statement = { query: `${query} IF last = ?`, params: [...params, seen] };
      // Where another moved it, how far is looked at anew.
      const isTaken = async (): Promise<boolean> => ((await this.head(doing)).last ?? -Infinity) >= moment;
      if (await settleChange(this.#session, doing, [statement], isTaken)) return;
      await sleep(Math.random() * 10);
    }
    throw crowded(this.#session, doing);
  }

  /** What became of some batches; one that is neither standing nor refused is not there. */
  async states(batches: readonly string[], doing: string): Promise<ReadonlyMap<string, BatchState>> {
    const found = new Map<string, BatchState>();
    if (batches.length === 0) return found;
    const query = `SELECT entry, source, first, rows, spread, refused FROM ${this.#name} WHERE store = ? AND entry IN ?`;
    const rows = await this.#session.ask(doing, query, [this.#store, batches.map(batchEntry)], true);
    for (const row of rows) {
      const first = (row["first"] ?? null) as Micros | null;
      if (first === null && row["refused"] !== true) continue;
      found.set((row["entry"] as string).slice(1), {
        first: first ?? undefined,
        source: (row["source"] ?? "") as string,
        rows: (row["rows"] ?? 0) as number,
        isTold: row["spread"] === true,
      });
    }
    return found;
  }

  /** Refuses a batch that whoever wrote it gave up, or died over. `false` where it stands. */
  async refuse(batch: string, doing: string): Promise<boolean> {
    const { query, params } = updateEntry(this.#session, batchEntry(batch), "refused = true", [], refusedSeconds);
    const statement = { query: `${query} IF first = NULL`, params };
    return settleChange(this.#session, doing, [statement], () => Promise.resolve(false));
  }

  /** Says that it is told beside the keys of a batch since when it counts. */
  async told(batch: string, first: Micros, doing: string): Promise<void> {
    const { query, params } = updateEntry(this.#session, batchEntry(batch), "spread = true", []);
    const statement = { query: `${query} IF first = ?`, params: [...params, first] };
    await settleChange(this.#session, doing, [statement], () => Promise.resolve(true));
  }

  /** Forgets a batch that is out of the log, and of which it is told since when it counts. */
  async forget({ batch, first, rows }: StandingBatch, doing: string): Promise<void> {
    const where = `DELETE FROM ${this.#name} WHERE store = ? AND entry = ?`;
    const statements: Statement[] = [
      { query: `${where} IF first = ?`, params: [this.#store, batchEntry(batch), first] },
      { query: where, params: [this.#store, momentEntry(first + rows - 1)] },
    ];
    await settleChange(this.#session, doing, statements, () => Promise.resolve(true));
  }

  /** The batches of a source, or of all, with rows behind a moment, in their order. */
  async *standing(source: string | undefined, after: Micros, doing: string): AsyncGenerator<StandingBatch> {
    const query = `SELECT push, source, first, rows FROM ${this.#name} WHERE store = ? AND entry > ? AND entry < ?`;
    const floor = ((await this.#head(doing))["floor"] ?? Number.MIN_SAFE_INTEGER) as Micros;
    const params = [this.#store, momentEntry(Math.max(after, floor)), momentEntry(Number.MAX_SAFE_INTEGER)];
    for await (const row of this.#session.pages(doing, query, params, "serial")) {
      const one = batchOf(row);
      if (source === undefined || one.source === source) yield one;
    }
  }

  /** Says before which moment nothing stands any more: what was forgotten there is not gone through again. */
  async sweep(doing: string): Promise<void> {
    const head = await this.#head(doing);
    const floor = (head["floor"] ?? null) as Micros | null;
    let upTo = (head["last"] ?? null) as Micros | null;
    for await (const { first } of this.standing(undefined, Number.MIN_SAFE_INTEGER, doing)) {
      upTo = first - 1;
      break;
    }
    if (upTo === null || (floor !== null && upTo <= floor)) return;
    const { query, params } = updateEntry(this.#session, headEntry, "floor = ?", [upTo]);
    // Where another moved it, that will do.
    await settleChange(this.#session, doing, [{ query: `${query} IF floor = ?`, params: [...params, floor] }], () =>
      Promise.resolve(true),
    );
  }

  /**
   * Lets one home alone put rows into files: what it took is in no other's.
   * @returns which does
   */
  async home(id: string, doing: string): Promise<string> {
    const read = async (): Promise<string | null> => ((await this.#head(doing))["home"] ?? null) as string | null;
    const known = await read();
    if (known !== null) return known;
    const { query, params } = updateEntry(this.#session, headEntry, "home = ?", [id]);
    const isTaken = async (): Promise<boolean> => (await read()) === id;
    const isOwn = await settleChange(this.#session, doing, [{ query: `${query} IF home = NULL`, params }], isTaken);
    return isOwn ? id : ((await read()) ?? id);
  }

  async #head(doing: string): Promise<Row> {
    const query = `SELECT last, floor, home, feed FROM ${this.#name} WHERE store = ? AND entry = ?`;
    return (await this.#session.ask(doing, query, [this.#store, headEntry], true))[0] ?? {};
  }

  get #store(): string {
    return this.#session.settled.store;
  }
}

/** What is of all pushes; before the others. */
const headEntry = "a";

/** What is said of a group; the change says when. */
type SaidOfGroup = readonly [group: string, feed: Omit<Feed, "id">];

function feedOf(row: Row): Feed {
  const asOf = (row["first"] ?? null) as Micros | null;
  return {
    ...(asOf === null ? {} : { asOf }),
    source: row["source"] as string,
    overlay: (row["overlay"] ?? null) as string | null,
    since: row["since"] as Micros,
    id: row["feed"] as string,
  };
}

function feedEntry(group: string): string {
  return `f${group}`;
}

/** Behind what is said of all groups. */
const feedsEnd = "g";

function batchOf(row: Row): StandingBatch {
  return {
    batch: row["push"] as string,
    source: row["source"] as string,
    first: row["first"] as Micros,
    rows: row["rows"] as number,
  };
}

function batchEntry(batch: string): string {
  return `b${batch}`;
}

/** Texts in the order of their moments. */
function momentEntry(moment: Micros): string {
  const digits = String(BigInt(Math.trunc(moment)) - BigInt(Number.MIN_SAFE_INTEGER));
  return `m${digits.padStart(17, "0")}`;
}
