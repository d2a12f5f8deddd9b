import { benchScale } from "../harness/scale.ts";

/** How much data: a run of all cases takes three quarters of an hour on two cores. */
const whole = { events: 10_000_000, keys: 100_000, rows: 1_000_000 } as const;

/** So many events, different keys and left rows. */
export interface Sizes {
  readonly events: number;
  readonly keys: number;
  readonly rows: number;
}

/** Sizes of most cases, times `factor`: ten is a hundred million events. */
export function sizesOf(factor = 1): Sizes {
  // Whole hundreds, since each hundredth event ties with the next.
  const part = (count: number): number => Math.max(Math.ceil((count * factor * benchScale) / 100) * 100, 100);
  return { events: part(whole.events), keys: part(whole.keys), rows: part(whole.rows) };
}

/** Few rows, however many events. */
export const fewRows = 2_000;
