import type { Micros } from "../../../core/index.ts";

/**
 * How many rows this process pushed of keys since they were loaded: at least as many as there were, and more where keys share their counters. A count-min sketch an overlay, so that its memory
 * does not grow with the keys.
 *
 * @see Cormode and Muthukrishnan, An Improved Data Stream Summary: The Count-Min Sketch and its Applications, J. Algorithms 55 (2005)
 */
export class RowTallies {
  readonly #overlays: Map<string, Tally> = new Map<string, Tally>();

  /**
   * Counts rows that are about to be pushed.
   *
   * @param overlay what they are filed under
   * @param loadedAt as of when the group was loaded
   * @returns for how many rows of the key that may be
   */
  add(overlay: string, loadedAt: Micros, key: Uint8Array, rows: number): number {
    let tally = this.#overlays.get(overlay);
    if (tally?.loadedAt !== loadedAt) {
      // What was pushed while it was loaded is behind the load, and was counted before.
      tally = { loadedAt, counts: new Uint32Array(depth * width), before: tally?.counts };
      this.#overlays.set(overlay, tally);
    }
    const { counts, before } = tally;
    let least = Infinity;
    for (let row = 0; row < depth; row++) {
      const place = row * width + placeOf(key, row);
      const count = (counts[place] ?? 0) + rows;
      counts[place] = count;
      least = Math.min(least, count + (before?.[place] ?? 0));
    }
    return least;
  }
}

interface Tally {
  readonly loadedAt: Micros;
  readonly counts: Uint32Array;
  readonly before: Uint32Array | undefined;
}

/** Of 512 KiB. */
const depth = 2;
const width = 1 << 16;

/** FNV-1a, begun otherwise in each row. */
function placeOf(key: Uint8Array, row: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(row, 0x9e3779b1);
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash ^ (hash >>> 16)) & (width - 1);
}
