import type { Database, RootDatabase } from "lmdb";
import type { RecordBatch } from "../online-store.ts";
import type { Bytes } from "./lmdb-layout.ts";

/** What the driver asks an encoder for: a piece of some memory, whose address it notes down. One object serves a batch. */
interface Piece {
  buffer: ArrayBufferLike;
  start: number;
  end: number;
}

/** Writes whole batches of records into a database, by their numbers: an object for each key and value would cost more than what is written. */
export class BatchWriter {
  readonly #database: Database<number, number>;
  #batch: RecordBatch | undefined;
  #piece: Piece | undefined;

  constructor(root: RootDatabase<Bytes, Bytes>, name: string) {
    const options = {
      name,
      encoding: "binary",
      keyEncoder: { writeKey: this.#writeKey, readKey: () => 0 },
      // Of memory that is said to be copied the driver takes a part from `start` to `end`.
      encoder: { copyBuffers: true, encode: this.#encode },
    } as const;
    // The types of the driver want more of an encoder than it calls.
    this.#database = root.openDB<number, number>(options as object as { readonly name: string });
  }

  /** Writes a batch in one transaction. */
  async write(batch: RecordBatch): Promise<void> {
    const { bytes } = batch.values;
    this.#batch = batch;
    this.#piece = { buffer: bytes.buffer, start: 0, end: 0 };
    const written = this.#database.batch(() => {
      // Each put is settled with its batch.
      for (let i = 0; i < batch.keys.ends.length; i++) void this.#database.put(i, i);
    });
    this.#batch = undefined;
    this.#piece = undefined;
    await written;
  }

  readonly #writeKey = (i: number, target: Uint8Array, start: number): number => {
    if (this.#batch === undefined) return start;
    const { bytes, ends } = this.#batch.keys;
    const end = ends[i] ?? 0;
    let at = start;
    // Of a few bytes each at a time is the fastest copy.
    for (let from = i === 0 ? 0 : (ends[i - 1] ?? 0); from < end; from++) target[at++] = bytes[from] ?? 0;
    return at;
  };

  readonly #encode = (i: number): Piece | undefined => {
    const piece = this.#piece;
    if (this.#batch === undefined || piece === undefined) return undefined;
    const { bytes, ends } = this.#batch.values;
    piece.start = bytes.byteOffset + (i === 0 ? 0 : (ends[i - 1] ?? 0));
    piece.end = bytes.byteOffset + (ends[i] ?? 0);
    return piece;
  };
}
