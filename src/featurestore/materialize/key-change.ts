import type { ValueKind } from "../../core/index.ts";
import type { Raw, RawColumn } from "../../dsl/index.ts";

/** Notices where the key changes in rows that come sorted by key. */
export class KeyChange {
  /** The parts of the key at hand; `undefined` before the first row. */
  current: Raw[] | undefined;
  readonly #parts: number;

  constructor(kinds: readonly ValueKind[]) {
    this.#parts = kinds.length;
  }

  /** Whether a row begins another key; {@link current} is the one before it until `turn` is called. */
  differs(columns: readonly RawColumn[], row: number): boolean {
    if (this.current === undefined) return true;
    for (let i = 0; i < this.#parts; i++) if (columns[i]?.[row] !== this.current[i]) return true;
    return false;
  }

  /** Takes the key of a row as the one at hand. */
  turn(columns: readonly RawColumn[], row: number): void {
    this.current = columns.map((column) => column[row] ?? null);
  }
}
