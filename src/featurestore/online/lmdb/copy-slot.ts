import type { Database } from "lmdb";
import { TondoError } from "../../../core/index.ts";
import type { PackedBytes, RecordBatch, RecordChange } from "../online-store.ts";
import type { Bytes } from "./lmdb-layout.ts";

/** Records are copied in transactions of about so many bytes, as loads write them. */
const batchBytes = 4 << 20;

/** Opens a slot once more, with values as the driver's own view of them: it makes no buffer for each, which costs more than to copy it. */
export type OpenViewed = (decode: (view: Bytes, length: number) => Bytes) => Database<Bytes, Bytes>;

/**
 * Gives the records of a slot that nobody writes to `write`, each as `change` has it, in the order of their keys: a batch is read while the one before it is written. Nothing
 * is under way any more when it ends. A batch's memory is used again once it is written.
 *
 * @throws TondoError `ABORTED`, and what `change` and `write` throw
 */
export async function copySlot(
  open: OpenViewed,
  change: RecordChange,
  write: (batch: RecordBatch) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const slot = open((view, length) => view.subarray(0, length));
  let [filled, spare] = [new Copied(), new Copied()];
  let writing = Promise.resolve();
  try {
    let last: Bytes | undefined;
    do {
      if (signal?.aborted === true)
        throw new TondoError("ABORTED", "copying records was cancelled", { cause: signal.reason });
      last = filled.fill(slot, change, last);
      await writing;
      if (filled.isEmpty) {
        await new Promise(setImmediate);
        continue;
      }
      writing = write(filled.batch());
      // It is waited for with the next batch, and its failure is thrown there.
      writing.catch(() => undefined);
      [filled, spare] = [spare, filled];
    } while (last !== undefined);
    await writing;
  } catch (error) {
    await Promise.allSettled([writing]);
    throw error;
  }
}

/** The records of a batch. */
class Copied {
  readonly #keys: Pieces = new Pieces(batchBytes / 8);
  readonly #values: Pieces = new Pieces(batchBytes);

  get isEmpty(): boolean {
    return this.#keys.ends.length === 0;
  }

  batch(): RecordBatch {
    return { keys: this.#keys.packed(), values: this.#values.packed() };
  }

  /** Takes the records behind a key, as many as make a batch, and gives the last key where there may be more. No transaction is held behind it. */
  fill(slot: Database<Bytes, Bytes>, change: RecordChange, behind: Bytes | undefined): Bytes | undefined {
    this.#keys.clear();
    this.#values.clear();
    let bytes = 0;
    for (const { key, value } of slot.getRange(behind === undefined ? {} : { start: behind, exclusiveStart: true })) {
      // Also what is left out was read: a turn of the event loop is not to be longer for it.
      bytes += key.length + value.length;
      const changed = change(key, value);
      if (changed !== undefined) {
        this.#keys.add(key);
        this.#values.add(changed);
      }
      if (bytes >= batchBytes) return key;
    }
    return undefined;
  }
}

/** Growing memory that pieces are put into, one behind the other. */
class Pieces {
  ends: number[] = [];
  #bytes: Uint8Array;
  #end = 0;

  constructor(bytes: number) {
    this.#bytes = new Uint8Array(bytes);
  }

  clear(): void {
    this.ends = [];
    this.#end = 0;
  }

  add(piece: Uint8Array): void {
    const end = this.#end + piece.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#end);
    this.#end = end;
    this.ends.push(end);
  }

  packed(): PackedBytes {
    return { bytes: this.#bytes.subarray(0, this.#end), ends: this.ends };
  }
}
