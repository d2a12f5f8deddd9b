import type { Database } from "lmdb";

/** Keys and values of the environment are bytes. */
export type Bytes = Uint8Array;

/** How many generations of a group can be on the disk at once: the current one, the one before it, the next one. */
export const slotCount = 3;

const text = new TextEncoder();

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
