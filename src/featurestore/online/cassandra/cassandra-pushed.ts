import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Micros } from "../../../core/index.ts";
import type { PushedRow } from "../codec/index.ts";
import { decodePointer, type GroupPointer } from "../group-pointer.ts";
import type { Feed, LoggedRow, NewFeed, Push, Pushed, PushedGroup, PushedStore } from "../pushed-store.ts";
import type { PlacedPosition, StreamMove, StreamPosition } from "../stream-position.ts";
import { atOnce } from "./at-once.ts";
import { unavailable } from "./cassandra-error.ts";
import { type ControlTable, overlaysOf } from "./control-table.ts";
import { crowded } from "./order-entry.ts";
import { BatchFates } from "./batch-fates.ts";
import type { BatchMoments } from "./batch-moments.ts";
import type { BatchState, PushOrder } from "./push-order.ts";
import { type BegunBatch, type HeldRow, PushedTables } from "./pushed-tables.ts";
import { logScope, overlayScope } from "./pushed-scope.ts";
import { RowTallies } from "./row-tallies.ts";
import type { Session } from "./session.ts";

/** Whoever pushed less than this share of what a key may have does not look how much others pushed. */
const countedShare = 8;

/** What pushed rows are kept and found by. */
export interface PushedParts {
  readonly session: Session;
  readonly control: ControlTable;
  readonly order: PushOrder;
  readonly moments: BatchMoments;
}

/**
 * Rows that programs push, in Cassandra.
 *
 * A push is a batch with a name of its own, and comes to stand by one decision:
 *
 * 1. It is looked up which groups its source feeds. Each is marked as one that rows are pushed to, which readers learn with their pointers, and once.
 * 2. Its rows are written, for requests by key and for loads by batch, under its name and without a moment. Nobody counts them. What finds them is written before them.
 * 3. It stands: one conditional batch in one partition gives it its moments, ahead of the clock by `pushLeadMs` (and by `staleness` as long as readers may not know that rows are pushed to the group), puts it into the order of pushes, and moves `last` behind it; the condition is that
 *    `last` is before its first moment, and that nothing was said of which groups are fed since that was looked up. So all its rows count or none does, moments ascend in the order of decisions, and a load that closes moments, by moving `last`, has what is before
 *    them in the order, for good. A push that comes too late for its moment takes later ones, which costs one more decision and no row is written again.
 * 4. It is told beside the keys of its rows since when they count, which who reads them looks up once and remembers, and the order is told that this is done.
 *
 * Killed before 3, a push never counts: after `pushTimeoutMs` it is refused, which is a decision as well, and what it wrote is removed. Killed behind 3, it counts for all: of a batch of which nothing is
 * told a reader looks up, serially, whether it stands, and whoever goes through its rows next tells it. A batch leaves the order only when its rows are out of the log, and it is told since when
 * those for requests count.
 *
 * The view of a reader has pointers that are some time old, `staleness` at the most, and may be of a generation before those that are kept. So the rows that both of these hold stay until the
 * load after next, and for `holdMs`.
 */
export class CassandraPushed implements PushedStore {
  readonly lead: Micros;
  readonly order: PushOrder;
  readonly #session: Session;
  readonly #control: ControlTable;
  readonly #tables: PushedTables;
  readonly #fates: BatchFates;
  readonly #moments: BatchMoments;
  /** By overlay when it was marked, or found to be, by a clock that only goes forward, milliseconds. */
  readonly #marked: Map<string, number> = new Map<string, number>();
  readonly #staleness: Micros;
  readonly #onMarked: () => void;
  readonly #tallies: RowTallies = new RowTallies();

  /** @param onMarked called where readers of this process are to look for pushed rows from now on */
  constructor({ session, control, order, moments }: PushedParts, staleness: Micros, onMarked: () => void) {
    this.#session = session;
    this.#control = control;
    this.#tables = new PushedTables(session);
    this.order = order;
    this.#fates = new BatchFates(session, this.#tables, order);
    this.#moments = moments;
    this.#staleness = staleness;
    this.lead = staleness + session.settled.limits.pushLeadMs * 1000;
    this.#onMarked = onMarked;
  }

  feed(feeds: readonly NewFeed[]): Promise<readonly Micros[]> {
    return this.order.feed(feeds, "saying which groups are pushed to");
  }

  starve(group: string, feed: Feed): Promise<void> {
    return this.order.starve(group, feed, "saying which groups are pushed to");
  }

  async push(push: Push): Promise<Pushed> {
    const doing = `pushing to ${push.source}`;
    const began = performance.now();
    // What was written for groups that are not the ones any more never stands.
    for (let turn = 1; turn <= this.#session.settled.limits.pushTries; turn++) {
      const done = await this.#push(push, began, doing);
      if (done !== undefined) return done;
    }
    throw crowded(this.#session, doing);
  }

  /** Pushes to the groups that are fed; `undefined` where these became other ones meanwhile. */
  async #push(
    { source, texts, logged = texts, groups, choose, clock, moves = [] }: Push,
    began: number,
    doing: string,
  ): Promise<Pushed | undefined> {
    const { limits } = this.#session.settled;
    const batch = randomUUID();
    let seen = await this.order.head(doing);
    const chosen = async (): Promise<readonly PushedGroup[]> =>
      choose(await this.order.feeds(source, doing), await this.#pointers(groups, doing));
    let into = await chosen();
    // Readers that do not know of an overlay yet do so a while after it was marked; rows they read anew each time.
    const unknown = into.some((one) => this.#isFresh(one)) ? this.#staleness : 0;
    const lead = unknown + limits.pushLeadMs * 1000;
    const behind = (since: Micros): Micros => Math.max(clock() + lead, (seen.last ?? -Infinity) + 1, since);
    const since = behind(-Infinity);
    await this.#admit(into, since, doing);
    for (const { group, overlay } of into) await this.#mark(group, overlay, doing);
    await this.#tables.write({ batch, source, texts, logged, groups: into, since }, doing);
    for (let turn = 1; ; turn++) {
      // Groups may have been loaded otherwise while rows were written.
      const pointers = await this.#pointers(into, doing);
      const first = behind(since);
      for (const [i, { admit }] of into.entries()) admit(pointers[i], first, 0);
      if (performance.now() - began > limits.pushTimeoutMs)
        throw unavailable(doing, "it took longer than a push may", "timeout", this.#session.settled.where);
      if (await this.order.stand({ batch, source, first, rows: texts.length, moves }, seen, doing)) {
        const seenFrom = clock() + unknown;
        this.#moments.learn(batch, first);
        await this.#fates.tell(batch, first, doing);
        return { first, last: first + texts.length - 1, seenFrom };
      }
      if (turn >= limits.pushTries) throw crowded(this.#session, doing);
      await sleep(Math.random() * 10 * turn);
      const before = seen;
      seen = await this.order.head(doing);
      if (seen.feed === before.feed) continue;
      const again = await chosen();
      if (!isDeepStrictEqual(namesOf(again), namesOf(into))) return undefined;
      into = again;
    }
  }

  positions(source: string): Promise<readonly PlacedPosition[]> {
    return this.order.positions.of(source, `looking how far ${source} is read`);
  }

  move(source: string, moves: readonly StreamMove[]): Promise<readonly StreamPosition[]> {
    return this.order.positions.move(source, moves, `saying how far ${source} is read`);
  }

  identity(): Promise<string> {
    return this.order.positions.identity("naming the store");
  }

  async close(moment: Micros): Promise<ReadonlyMap<string, Micros>> {
    await this.order.close(moment, "closing what was pushed");
    // Rows are never folded here.
    return new Map();
  }

  async logged(source: string, after: Micros, limit: number): Promise<readonly LoggedRow[]> {
    const doing = `reading what was pushed to ${source}`;
    const found: LoggedRow[] = [];
    for await (const { batch, first } of this.order.standing(source, after, doing)) {
      for (const { place, text } of await this.#tables.logOf(batch, doing)) {
        if (first + place > after && found.length < limit) found.push({ k: first + place, text });
      }
      if (found.length >= limit) break;
    }
    return found;
  }

  async dropLogged(source: string, isWanted: (row: LoggedRow) => boolean, how?: "count"): Promise<number> {
    const doing = `removing what was pushed to ${source}`;
    const scope = logScope(this.#session.settled.store, source);
    let found = 0;
    const forgotten: string[] = [];
    const visit = async (one: BegunBatch, known: BatchState | undefined): Promise<boolean> => {
      const { batch } = one;
      const rows = await this.#tables.logOf(batch, doing);
      const gone = rows.filter(({ place, text }) => isWanted({ k: momentOf(known, place), text }));
      found += gone.length;
      if (how === "count") return false;
      const state = known ?? (await this.#fates.refuse(one, doing));
      // One that is not decided may be written still.
      if (state === undefined || (state.first !== undefined && gone.length < rows.length)) {
        const places = gone.map(({ place }) => place);
        await this.#tables.removeLog(batch, places, doing);
        return false;
      }
      if (rows.length > 0) await this.#tables.removeLog(batch, "all", doing);
      if (state.first === undefined) return true;
      if (!(await this.#fates.isTold(one, state, state.first, doing))) return false;
      await this.order.forget({ batch, source, first: state.first, rows: state.rows }, doing);
      await this.#tables.untell(batch, doing);
      forgotten.push(batch);
      return true;
    };
    await this.#fates.each(scope, doing, visit, how);
    if (forgotten.length > 0) await this.order.sweep(doing);
    return found;
  }

  async overlays(group: string): Promise<readonly string[]> {
    const { pushed } = await this.#control.read(group, `looking for what was pushed to ${group}`);
    return [...overlaysOf(pushed)];
  }

  drop(group: string, overlay: string, isWanted: (row: PushedRow) => boolean, how?: "count"): Promise<number> {
    const scope = overlayScope(this.#session.settled.store, group, overlay);
    return this.#drop(scope, `removing what was pushed to ${group}`, isWanted, how);
  }

  async retire(group: string, overlay: string, upTo: Micros): Promise<void> {
    const doing = `removing what was pushed to ${group}`;
    const { store, limits } = this.#session.settled;
    const scope = overlayScope(store, group, overlay);
    const before = await this.#tables.retired(scope, doing);
    if (before?.isHeld === true) return;
    // Definitions that were no more may be in force again: what was pushed by them since stays.
    const gone = Math.min(before?.upTo ?? -Infinity, upTo);
    if (before !== undefined) await this.#drop(scope, doing, ({ k }) => k <= gone, undefined);
    if (before === undefined && !(await this.#hasAny(scope, doing))) return;
    await this.#tables.retire(scope, upTo, limits.holdMs, doing);
  }

  async takenBy(home: string): Promise<string> {
    return this.order.home(home, "putting pushed rows into files");
  }

  async #drop(
    scope: string,
    doing: string,
    isWanted: (row: PushedRow) => boolean,
    how: "count" | undefined,
  ): Promise<number> {
    let found = 0;
    const { writesInFlight } = this.#session.settled.limits;
    await this.#fates.each(
      scope,
      doing,
      async (one, known) => {
        const { batch } = one;
        const held: { readonly key: Buffer; readonly rows: readonly HeldRow[] }[] = [];
        const keys = await this.#tables.keysOf(scope, batch, doing);
        await atOnce(writesInFlight, keys, async (key) => {
          held.push({ key, rows: await this.#tables.rowsOf(scope, key, batch, doing) });
        });
        const saysMoments = held.some(({ rows }) => rows.some(({ k }) => k !== undefined));
        const state = saysMoments ? known : await this.#fates.stateOf(one, known, how, doing);
        const isWantedRow = ({ place, t, k, text }: HeldRow): boolean =>
          text !== null && isWanted({ t, k: k ?? momentOf(state, place), text });
        for (const { rows } of held) found += rows.filter(isWantedRow).length;
        if (how === "count") return false;
        const isDead = state !== undefined && state.first === undefined;
        const isGone = (row: HeldRow): boolean =>
          row.text === null || isWantedRow(row) || (isDead && row.k === undefined);
        await atOnce(writesInFlight, held, ({ key, rows }) =>
          this.#tables.removeRows(
            scope,
            key,
            batch,
            rows.filter(isGone).map(({ place }) => place),
            doing,
          ),
        );
        // What is told of it once it is removed would stay for ever.
        if (state?.first !== undefined && !(await this.#fates.isTold(one, state, state.first, doing))) return false;
        // What is not decided may be written still: its keys are needed to find it.
        if (state === undefined && !saysMoments) return false;
        const empty = held.filter(({ rows }) => rows.every(isGone));
        await atOnce(writesInFlight, empty, ({ key }) => this.#tables.removeKey(scope, key, batch, doing));
        if (empty.length < held.length) return false;
        await this.#tables.untell(batch, doing);
        return true;
      },
      how,
    );
    return found;
  }

  async #mark(group: string, overlay: string, doing: string): Promise<void> {
    const name = overlayScope("", group, overlay);
    if (this.#marked.has(name)) return;
    await this.#control.markPushed(group, overlay, doing);
    this.#marked.set(name, performance.now());
    this.#onMarked();
  }

  /** Whether readers may not know of an overlay yet. */
  #isFresh({ group, overlay }: PushedGroup): boolean {
    const markedAt = this.#marked.get(overlayScope("", group, overlay));
    return markedAt === undefined || performance.now() - markedAt <= this.#staleness / 1000;
  }

  /** Asks each group whether it takes the rows; what it does not admit is thrown. Rows are read only of keys to which this process pushed many. */
  async #admit(groups: readonly PushedGroup[], first: Micros, doing: string): Promise<void> {
    const { store, limits } = this.#session.settled;
    const pointers = await this.#pointers(groups, doing);
    for (const [i, { group, overlay, keys, admit, mostHeld }] of groups.entries()) {
      const pointer = pointers[i];
      admit(pointer, first, 0);
      const since = pointer?.asOf ?? 0;
      const scope = overlayScope(store, group, overlay);
      const counts = new Map<PushedGroup["keys"][number], number>();
      const grown = keys.filter((one) => {
        const most = this.#tallies.add(scope, since, one.key, one.rows.length);
        return most * countedShare > mostHeld;
      });
      await atOnce(limits.writesInFlight, grown, async (one) => {
        const rows = await this.#tables.rowsOf(scope, Buffer.from(one.key), undefined, doing);
        counts.set(one, rows.filter(({ k, since: least, text }) => text !== null && (k ?? least) > since).length);
      });
      for (const one of grown) admit(pointer, first, (counts.get(one) ?? 0) + one.rows.length);
    }
  }

  /** What is current of each group. */
  #pointers(groups: readonly PushedGroup[], doing: string): Promise<readonly (GroupPointer | undefined)[]> {
    return Promise.all(
      groups.map(async ({ group }) => {
        const { pointer } = await this.#control.read(group, doing);
        return pointer === null ? undefined : decodePointer(pointer);
      }),
    );
  }

  async #hasAny(scope: string, doing: string): Promise<boolean> {
    for await (const { batches } of this.#tables.begun(scope, doing)) if (batches.length > 0) return true;
    return false;
  }
}

function namesOf(groups: readonly PushedGroup[]): readonly string[] {
  return groups.map(({ group }) => group);
}

/** The moment of a row whose batch stands; no number where it does not: no moment is before or behind it. */
function momentOf(state: Pick<BatchState, "first"> | undefined, place: number): Micros {
  return state?.first === undefined ? NaN : state.first + place;
}
