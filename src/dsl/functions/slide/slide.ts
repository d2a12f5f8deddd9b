import type { StateArrays } from "../aggregate.ts";
import type { Raw } from "../scalar-function.ts";

/**
 * The state of an aggregate over a window that slides: rows are taken in once and given up once, so that a result costs nothing
 * of what the window holds. It comes to what the aggregate makes of the rows that count, to the bit.
 *
 * Rows come in any order of their times, those of equal time in the order of the contract's tie-break.
 */
export interface Slide {
  /** What counts as of the last {@link settle}; the numbers and values from offset 0 on. */
  readonly state: StateArrays;
  /** Forgets all rows. */
  clear(): void;
  /** Takes in a row of time `t` that counts until `leave`, which is excluded; the input as `AggregateCode.update` takes it. */
  enter(input: Raw, t: number, leave: number): void;
  /** Gives up the rows that do not count at `q` any more; `q` never goes back. */
  settle(q: number): void;
}
