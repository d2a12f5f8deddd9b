/** A key that gets many events, by flushes. */
export interface HotKey {
  /** Events a second. */
  readonly rate: number;
  readonly flushSeconds: number;
  readonly foldRows: number;
  readonly foldAfterSeconds: number;
  readonly maxRowsPerKey: number;
  /** Whether the store folds. */
  readonly folds: boolean;
  readonly seconds: number;
}

/** What becomes of such a key. */
export interface HotKeyOutcome {
  /** Rows that a read goes through, at the most. */
  readonly mostRows: number;
  /** When the stream waits for a load, since a flush would bring the key more than `maxRowsPerKey` rows; `undefined` where it never does. */
  readonly waitsAfterSeconds: number | undefined;
}

/** The least that a row's age is where it is folded, seconds: that of a key that has half of `maxRowsPerKey`. */
const leastAge = 1;

/** Runs a key by its flushes: rows are folded as `fold-rows.ts` does, before those of a flush are counted against the limit. */
export function runHotKey(key: HotKey): HotKeyOutcome {
  const { rate, flushSeconds, foldRows, foldAfterSeconds, maxRowsPerKey, folds, seconds } = key;
  const own = rate * flushSeconds;
  let rows = 0;
  let mostRows = 0;
  // Flushes by their number: up to which they were folded, and up to which they are old enough.
  let [folded, old] = [0, 0];
  for (let flush = 1; flush * flushSeconds <= seconds; flush++) {
    if (folds) {
      const age = rows + own >= maxRowsPerKey / 2 ? Math.min(leastAge, foldAfterSeconds) : foldAfterSeconds;
      // Rows count from a little behind their flush on, so that those of exactly that age are kept.
      old = Math.max(old, Math.ceil(flush - age / flushSeconds) - 1);
      if ((old - folded) * own >= foldRows) {
        rows -= (old - folded) * own;
        folded = old;
      }
    }
    if (rows + own > maxRowsPerKey) return { mostRows, waitsAfterSeconds: flush * flushSeconds };
    rows += own;
    mostRows = Math.max(mostRows, rows);
  }
  return { mostRows, waitsAfterSeconds: undefined };
}
