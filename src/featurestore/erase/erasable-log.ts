import type { ErasedKey } from "./erased-key.ts";

export type { ErasedKey } from "./erased-key.ts";

/** A log that keeps rows by the keys of entities, and from which those of one key can be removed. */
export interface ErasableLog {
  /** What it is called where it is counted: `served features`, say. */
  readonly name: string;
  /** How many of its rows are of a key, read anew from what is kept: the proof of an erasure. */
  scan(key: ErasedKey): Promise<number>;
  /** Removes the rows of a key, whatever holds them; gives how many there were. Durable when it returns; again, it does no harm. */
  erase(key: ErasedKey): Promise<number>;
}
