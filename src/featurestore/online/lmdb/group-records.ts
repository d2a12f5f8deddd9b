import type { Database } from "lmdb";
import type { Micros } from "../../../core/index.ts";
import { appendPushed, foldedUpTo, pushedBehind } from "../codec/index.ts";
import type { GroupPointer } from "../group-pointer.ts";
import type { LoadCut, PushedGroup } from "../pushed-store.ts";
import { recentKey } from "../recent-rows.ts";
import type { Bytes } from "./lmdb-layout.ts";

/** What a key is to have. */
interface KeyRecord {
  readonly key: Bytes;
  readonly record: Bytes;
}

/** What keys of a group are to have. */
export interface GroupRecords {
  readonly records: readonly KeyRecord[];
  /** Up to which moment rows of any of them were folded just now; `-Infinity` where none were. */
  readonly foldedUpTo: Micros;
}

/** What there is of a group within a write. */
interface HeldGroup {
  readonly overlay: Database<Bytes, Bytes>;
  readonly pointer: GroupPointer | undefined;
  /** The loads that were begun. */
  readonly cuts: () => readonly LoadCut[];
  readonly now: Micros;
}

const nothing: Bytes = new Uint8Array();

/**
 * The records of the keys of a group with the rows of a push.
 *
 * @param texts of all rows of the push
 * @param first the moment of the first of them
 * @throws what the group does not admit
 */
export function groupRecords(
  { keys, admit, folding }: PushedGroup,
  texts: readonly Bytes[],
  first: Micros,
  { overlay, pointer, cuts: readCuts, now }: HeldGroup,
): GroupRecords {
  admit(pointer, first, 0);
  const since = pointer?.asOf ?? 0;
  let cuts: readonly LoadCut[] | undefined;
  let upTo: Micros = -Infinity;
  const records: KeyRecord[] = [];
  for (const { key, rows } of keys) {
    const found = overlay.getBinary(Buffer.from(key));
    const held = found === undefined ? undefined : Buffer.from(found);
    const behind = (held === undefined ? 0 : pushedBehind(held, since)) + rows.length;
    const added = rows.map(({ place, t }) => ({ t, k: first + place, bytes: texts[place] ?? nothing }));
    const record = appendPushed(held, added);
    const place = folding === undefined || behind < folding.rows ? undefined : foldKey(key);
    if (folding === undefined || place === undefined) {
      admit(pointer, first, behind);
      records.push({ key: Buffer.from(key), record: Buffer.from(record) });
      continue;
    }
    cuts ??= readCuts();
    const folds = overlay.getBinary(place);
    const folded = folding.fold(
      { record, folds: folds === undefined ? undefined : Buffer.from(folds) },
      { pointer, cuts, now, rows: behind },
    );
    admit(pointer, first, folded === undefined ? behind : pushedBehind(folded.record, since));
    records.push({ key: Buffer.from(key), record: Buffer.from(folded?.record ?? record) });
    if (folded?.folds === undefined) continue;
    records.push({ key: place, record: Buffer.from(folded.folds) });
    upTo = Math.max(upTo, foldedUpTo(folded.record) ?? -Infinity);
  }
  return { records, foldedUpTo: upTo };
}

/** Where what rows of a key came to stands that were folded; `undefined` of a key that has no room for it. */
export function foldKey(key: Bytes): Buffer | undefined {
  const place = recentKey(key);
  return place === undefined ? undefined : Buffer.from(place);
}
