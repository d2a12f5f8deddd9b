import type { Database } from "lmdb";
import type { Feed } from "../pushed-store.ts";
import { type PlacedPosition, positionOf, type TopicPartition } from "../stream-position.ts";

/** Keys and values of the environment are bytes. */
export type Bytes = Uint8Array;

/** How many generations of a group can be on the disk at once: the current one, the one before it, the next one. */
export const slotCount = 3;

const text = new TextEncoder();
const decoder = new TextDecoder();

/** Where the number of pointer switches stands, in `meta`. */
export const switchesKey: Bytes = text.encode("switches");

/** Where a group's pointer stands, in `meta`. */
export function pointerKey(group: string): Bytes {
  return text.encode(`pointer ${group}`);
}

/** Where it stands which generation a slot holds, in `meta`. */
export function slotKey(group: string, generation: number): Bytes {
  return text.encode(`slot ${String(generation % slotCount)} ${group}`);
}

/** How many databases an environment has for so many groups: their slots and overlays, `meta` and the log of what was pushed. */
export function databases(groups: number): number {
  return groups * (slotCount + 1) + 2;
}

/** Where the moment of the row that was pushed last stands, in `meta`. */
export const pushedKey: Bytes = text.encode("pushed");

/** Where it stands that a group has an overlay, in `meta`: who reads must know, and looks when something is switched. */
export function overlayKey(group: string, overlay: string): Bytes {
  return text.encode(`overlay ${overlay} ${group}`);
}

/** Between which keys of `meta` all overlays stand. */
export const overlayKeys: { readonly start: Bytes; readonly end: Bytes } = {
  start: text.encode("overlay "),
  end: text.encode("overlay!"),
};

/** Where it stands which source feeds a group, in `meta`. */
export function feedKey(group: string): Bytes {
  return text.encode(`feed ${group}`);
}

/** Where the moments of loads of a group stand that were begun, in `meta`. */
export function cutsKey(group: string): Bytes {
  return text.encode(`cuts ${group}`);
}

/** Where it stands up to which moment rows of an overlay were folded, in `meta`. */
export function foldedKey(group: string, overlay: string): Bytes {
  return text.encode(`folded ${overlay} ${group}`);
}

/** What was said of the groups that a source feeds, from `meta`. */
export function feedsOf(meta: Database<Bytes, Bytes>, source: string): ReadonlyMap<string, Feed> {
  const feeds = new Map<string, Feed>();
  for (const { key, value } of meta.getRange({
    start: Buffer.from(feedKey("")),
    end: Buffer.from(text.encode("feed!")),
  })) {
    const feed = JSON.parse(decoder.decode(value)) as Feed;
    if (feed.source === source) feeds.set(decoder.decode(key).slice("feed ".length), feed);
  }
  return feeds;
}

/** Where it stands how far a source has been read from a partition of a topic, in `meta`. */
export function positionKey(source: string, { topic, partition }: TopicPartition): Bytes {
  return text.encode(`stream ${JSON.stringify([source, topic, partition])}`);
}

/** How far a source has been read, from `meta`. */
export function positionsOf(meta: Database<Bytes, Bytes>, source: string): readonly PlacedPosition[] {
  const range = { start: Buffer.from(text.encode("stream ")), end: Buffer.from(text.encode("stream!")) };
  return Array.from(meta.getRange(range)).flatMap(({ key, value }) => {
    const [own, topic = "", partition = ""] = JSON.parse(decoder.decode(key).slice("stream ".length)) as string[];
    return own === source ? [{ topic, partition, position: positionOf(decoder.decode(value)) }] : [];
  });
}

/** Where the store's name stands, in `meta`. */
export const identityKey: Bytes = text.encode("identity");

/** The overlay that a key of `meta` names, and its group. */
export function overlayOfKey(key: Bytes): { readonly overlay: string; readonly group: string } {
  const [, overlay = "", ...group] = decoder.decode(key).split(" ");
  return { overlay, group: group.join(" ") };
}

/** The database that holds an overlay. */
export function overlayName(group: string, overlay: string): string {
  return `${group} pushed ${overlay}`;
}

/** The database that holds the log of what was pushed. */
export const logName = "pushed rows";

/** Moments are ordered as bytes with their sign flipped. */
const signBit = 2n ** 63n;

/** Where a row stands in the log: by its source, then by its moment. */
export function logKey(source: string, k: number): Bytes {
  const name = text.encode(source);
  const key = new Uint8Array(name.length + 9);
  key.set(name);
  new DataView(key.buffer).setBigUint64(name.length + 1, BigInt(k) + signBit);
  return key;
}

/** The moment of a row by its key in the log. */
export function momentOfKey(key: Bytes): number {
  return Number(new DataView(key.buffer, key.byteOffset, key.length).getBigUint64(key.length - 8) - signBit);
}

/** The database that holds a generation's records. */
export function slotName(group: string, generation: number): string {
  return `${group} ${String(generation % slotCount)}`;
}

/** The groups that have a pointer or a slot in `meta`, ascending. */
export function groupsIn(meta: Database<Bytes, Bytes>): readonly string[] {
  const groups = new Set<string>();
  for (const name of ["pointer ", ...Array.from({ length: slotCount }, (_, slot) => `slot ${String(slot)} `)]) {
    for (const key of keysUnder(meta, text.encode(name))) groups.add(Buffer.from(key).toString().slice(name.length));
  }
  return [...groups].sort();
}

/** The keys of the records of some keys: a key's own, and those of what stands beside it with a suffix. */
export function recordsUnder(slot: Database<Bytes, Bytes>, keys: readonly Bytes[]): readonly Bytes[] {
  return keys.flatMap((key) => keysUnder(slot, key));
}

function keysUnder(database: Database<Bytes, Bytes>, start: Bytes): readonly Bytes[] {
  const end = start.slice();
  // No key begins with the last of all bytes, and so this ends.
  let at = end.length - 1;
  while (end[at] === 0xff) at--;
  end[at] = (end[at] ?? 0) + 1;
  const range = { start: Buffer.from(start), end: Buffer.from(end.subarray(0, at + 1)) };
  return Array.from(database.getKeys(range), (key) => key.slice());
}
