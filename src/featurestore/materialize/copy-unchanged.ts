import { TondoError } from "../../core/index.ts";
import { appliedKey } from "../online/applied-record.ts";
import { decodePushed, encodePushed, versionsOf, windowTrimmer } from "../online/codec/index.ts";
import { type GroupLayout, tileShape } from "../online/group-layout.ts";
import type { GenerationWriter, GroupPointer, LoadCounts } from "../online/index.ts";
import { firstRecent, keyOfRecent } from "../online/recent-rows.ts";
import type { KeySet } from "./key-set.ts";
import { oldestTiles } from "./window-sql.ts";

/** What is copied into a generation. */
export interface UnchangedCopy {
  readonly writer: GenerationWriter;
  /** What is current. */
  readonly from: GroupPointer;
  /** The keys that are computed. */
  readonly changed: Pick<KeySet, "has">;
  /** The layout of both. */
  readonly layout: GroupLayout;
  readonly asOf: number;
  readonly signal?: AbortSignal | undefined;
  readonly onKeys: (keys: number) => void;
}

/** What of a load's counts was copied. */
export type CopiedCounts = Pick<LoadCounts, "keys" | "parts" | "bytes">;

/**
 * Copies the records of the keys that nothing new came to from what is current, without the tiles that no window at the load's moment needs: as a load of all would write them.
 * `undefined` where what is current has not the records that it was loaded with, since some were erased or lost, or do not decode: what was copied is worth nothing then.
 */
export async function copyUnchanged(copy: UnchangedCopy): Promise<CopiedCounts | undefined> {
  const { writer, from, changed, signal, onKeys } = copy;
  const partOf = keptParts(copy);
  const recentOf = keptRecent(copy);
  const counts = { keys: 0, parts: 0, bytes: 0 };
  let seen = 0;
  try {
    await writer.copy(
      from.generation,
      (key, record) => {
        // When rows were applied is written anew.
        if (key.length === appliedKey.length && key[0] === appliedKey[0]) return undefined;
        const recent = keyOfRecent(key);
        if (recent !== undefined) return changed.has(recent) ? undefined : recentOf(record);
        seen++;
        if (changed.has(key)) return undefined;
        const kept = partOf(record);
        if (kept === undefined) return undefined;
        counts.keys++;
        counts.parts += kept.parts;
        counts.bytes += kept.record.length;
        if (counts.keys % 4096 === 0) onKeys(counts.keys);
        return kept.record;
      },
      signal,
    );
  } catch (error) {
    if (error instanceof TondoError && (error.code === "STORE_CORRUPT" || error.code === "GENERATION_GONE"))
      return undefined;
    throw error;
  }
  return seen === from.counts.keys ? counts : undefined;
}

/** What of a record is as of the load's moment still, and of how many tiles or versions it is. */
function keptParts({
  layout,
  asOf,
}: UnchangedCopy): (record: Uint8Array) => { readonly record: Uint8Array; readonly parts: number } | undefined {
  if (layout.kind === "rows") {
    const columns = layout.columns.length;
    return (record) => ({ record, parts: versionsOf(record, columns) });
  }
  const trim = windowTrimmer(layout.hops.map(tileShape), oldestTiles(layout, asOf));
  return (record) => {
    const trimmed = trim(record);
    return trimmed === undefined ? undefined : { record: trimmed.record, parts: trimmed.tiles };
  };
}

/**
 * What of the recent rows of a key is recent still.
 * @throws TondoError `STORE_CORRUPT` where there were too many to be kept: some may be recent still
 */
function keptRecent({ layout, asOf }: UnchangedCopy): (record: Uint8Array) => Uint8Array | undefined {
  const from = layout.kind === "windows" ? firstRecent(layout, asOf) : Infinity;
  return (record) => {
    const rows = decodePushed(record);
    if (rows.length === 0) throw new TondoError("STORE_CORRUPT", "there were too many recent rows of a key");
    const kept = rows.filter(({ t }) => t >= from);
    if (kept.length === rows.length) return record;
    return kept.length === 0 ? undefined : encodePushed(kept);
  };
}
