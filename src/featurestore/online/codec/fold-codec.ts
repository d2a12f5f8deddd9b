import { corrupt, loadRecord, recordKinds, sealRecord } from "./record.ts";

/**
 * What rows that were pushed under a key came to, once they were folded: for some stretches of moments one behind the other the tiles of the rows that counted in them. After the first word the number of
 * folds; then each as `from`, `upTo`, the number of its rows, the bytes of its layout's name and of its tiles, the name, padded to a whole word, and the record of the tiles.
 */

/** The rows of a key that count from moments behind `from` and not behind `upTo`, as tiles. */
export interface Fold {
  readonly from: number;
  readonly upTo: number;
  /** How many rows it is of. */
  readonly rows: number;
  /** A digest of the layout of its tiles. */
  readonly layout: string;
  /** The record of its tiles. */
  readonly tiles: Uint8Array;
}

const words = 5;

/** The record of the folds of a key. */
export function encodeFolds(folds: readonly Fold[]): Uint8Array {
  const names = folds.map(({ layout }) => Buffer.from(layout));
  const length = folds.reduce(
    (sum, { tiles }, i) => sum + words * 8 + padded(names[i]?.length ?? 0) + tiles.length,
    16,
  );
  const u8 = new Uint8Array(length);
  const f64 = new Float64Array(u8.buffer);
  f64[1] = folds.length;
  let at = 2;
  for (const [i, { from, upTo, rows, tiles }] of folds.entries()) {
    const name = names[i] ?? Buffer.of();
    f64.set([from, upTo, rows, name.length, tiles.length], at);
    u8.set(name, (at + words) * 8);
    const start = (at + words) * 8 + padded(name.length);
    u8.set(tiles, start);
    at = (start + tiles.length) / 8;
  }
  sealRecord({ u8, u32: new Uint32Array(u8.buffer) }, 0, length, recordKinds.folds, 0);
  return u8;
}

/**
 * The folds of a record, each with bytes of its own.
 * @throws TondoError `STORE_CORRUPT`
 */
export function decodeFolds(bytes: Uint8Array): readonly Fold[] {
  const record = loadRecord(bytes, recordKinds.folds, 0);
  const { f64, u8 } = record;
  const folds: Fold[] = [];
  let at = 2;
  for (let left = f64[1] ?? 0; left > 0; left--) {
    if (at + words > record.words) throw corrupt("a fold is missing");
    const [from = 0, upTo = 0, rows = 0, name = 0, tiles = 0] = f64.subarray(at, at + words);
    const start = (at + words) * 8;
    const end = start + padded(name) + tiles;
    if (!(end <= record.words * 8) || end % 8 !== 0) throw corrupt("a fold runs over its end");
    const layout = Buffer.from(u8.subarray(start, start + name)).toString();
    folds.push({ from, upTo, rows, layout, tiles: u8.slice(end - tiles, end) });
    at = end / 8;
  }
  if (at !== record.words) throw corrupt("it is longer than its folds");
  return folds;
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}
