import { randomUUID } from "node:crypto";
import type { Database } from "lmdb";
import type { Micros } from "../../../core/index.ts";
import type { GroupPointer } from "../group-pointer.ts";
import type { Feed, LoadCut, NewLoad } from "../pushed-store.ts";
import {
  type PlacedPosition,
  positionOf,
  positionText,
  type StreamMove,
  type StreamPosition,
} from "../stream-position.ts";
import {
  type Bytes,
  cutsKey,
  feedKey,
  feedsOf,
  foldedKey,
  identityKey,
  overlayKey,
  overlayKeys,
  overlayOfKey,
  positionKey,
  positionsOf,
  pushedKey,
} from "./lmdb-layout.ts";

/** How many loads that were begun are remembered of a group: where more are under way at once, those that began first read less than they should, and are told so. */
const mostCuts = 8;

const decoder = new TextDecoder();

/** What stands in `meta` of all that is pushed. What changes it is called within a write, so that whoever writes rows says with them what holds of them: no transaction is its own. */
export class PushedMeta {
  readonly #meta: Database<Bytes, Bytes>;

  constructor(meta: Database<Bytes, Bytes>) {
    this.#meta = meta;
  }

  /** The moment of the row that was pushed last, or one that was closed since. */
  last(): Micros {
    return this.#moment(pushedKey) ?? Number.MIN_SAFE_INTEGER;
  }

  setLast(moment: Micros): void {
    this.#setMoment(pushedKey, moment);
  }

  /** What was said of the groups that a source feeds. */
  feeds(source: string): ReadonlyMap<string, Feed> {
    return feedsOf(this.#meta, source);
  }

  setFeed(group: string, feed: Omit<Feed, "id">): void {
    const said: Feed = { ...feed, id: randomUUID() };
    this.#meta.putSync(feedKey(group), Buffer.from(JSON.stringify(said)));
  }

  /** The overlays of a group. */
  overlays(group: string): readonly string[] {
    const range = { start: Buffer.from(overlayKeys.start), end: Buffer.from(overlayKeys.end) };
    const all = Array.from(this.#meta.getKeys(range), overlayOfKey);
    return all.flatMap((one) => (one.group === group ? [one.overlay] : []));
  }

  /** Says that a group has an overlay; gives whether that was not known. */
  addOverlay(group: string, overlay: string): boolean {
    const key = overlayKey(group, overlay);
    if (this.#meta.getBinary(key) !== undefined) return false;
    this.#meta.putSync(key, Buffer.of(1));
    return true;
  }

  /** How far a source has been read. */
  positions(source: string): readonly PlacedPosition[] {
    return positionsOf(this.#meta, source);
  }

  /** What becomes of positions; what a change throws is thrown. */
  moved(source: string, moves: readonly StreamMove[]): readonly StreamPosition[] {
    return moves.map((move) => {
      const stored = this.#meta.getBinary(positionKey(source, move));
      return move.change(stored === undefined ? undefined : positionOf(decoder.decode(stored)));
    });
  }

  setPositions(source: string, moves: readonly StreamMove[], positions: readonly StreamPosition[]): void {
    for (const [i, move] of moves.entries()) {
      const position = positions[i];
      if (position !== undefined) this.#meta.putSync(positionKey(source, move), Buffer.from(positionText(position)));
    }
  }

  /** The loads of a group that were begun. */
  cuts(group: string): readonly LoadCut[] {
    const bytes = this.#meta.getBinary(cutsKey(group));
    return bytes === undefined ? [] : (JSON.parse(decoder.decode(bytes)) as readonly LoadCut[]);
  }

  /**
   * Remembers that loads were begun as of a moment. Or gives, by group, up to which one rows were folded, where that may have been on both sides of it: none is begun then.
   *
   * @param current gives what is current of a group
   */
  beginLoads(
    loads: readonly NewLoad[],
    at: Micros,
    current: (group: string) => GroupPointer | undefined,
  ): ReadonlyMap<string, Micros> {
    const folded = new Map<string, Micros>();
    for (const { group, overlay } of loads) {
      const { asOf, before } = current(group) ?? {};
      const isBound = [asOf, before?.asOf, ...this.cuts(group).map((cut) => cut.at)].includes(at);
      const upTo = this.#moment(foldedKey(group, overlay));
      if (!isBound && upTo !== undefined && upTo > at) folded.set(group, upTo);
    }
    if (folded.size > 0) return folded;
    for (const { group, layout } of loads) {
      const kept = [...this.cuts(group).filter((cut) => cut.at !== at), { at, layout }].slice(-mostCuts);
      this.#meta.putSync(cutsKey(group), Buffer.from(JSON.stringify(kept)));
    }
    return folded;
  }

  /** Says that rows of an overlay were folded up to a moment; where others were up to a later one, that stands. */
  addFolded(group: string, overlay: string, upTo: Micros): void {
    const key = foldedKey(group, overlay);
    if (upTo > (this.#moment(key) ?? -Infinity)) this.#setMoment(key, upTo);
  }

  /** The store's name, which is made where it has none. */
  identity(): string {
    const known = this.#meta.getBinary(identityKey);
    if (known !== undefined) return decoder.decode(known);
    const made = randomUUID();
    this.#meta.putSync(identityKey, Buffer.from(made));
    return made;
  }

  #moment(key: Bytes): Micros | undefined {
    const bytes = this.#meta.getBinary(key);
    return bytes === undefined ? undefined : Buffer.from(bytes).readDoubleLE(0);
  }

  #setMoment(key: Bytes, moment: Micros): void {
    this.#meta.putSync(key, Buffer.from(Float64Array.of(moment).buffer));
  }
}
