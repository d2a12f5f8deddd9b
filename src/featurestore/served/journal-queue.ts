import { ByteWriter } from "./byte-writer.ts";
import { beginRecord, endRecord, recordTypes } from "./journal-format.ts";

/** Records that were taken together, on their way to the disk. */
export interface JournalBatch {
  readonly bytes: Buffer;
  readonly records: number;
  /** The numbers of the vectors that they are of. */
  readonly vectors: ReadonlySet<number>;
}

const firstBytes = 64 * 1024;

/** What waits in memory to be written: bounded in records and in bytes, what is being written included. */
export class JournalQueue {
  readonly #maxRecords: number;
  readonly #maxBytes: number;
  #writer: ByteWriter = new ByteWriter(firstBytes);
  #records = 0;
  #vectors: Set<number> = new Set<number>();
  /** What was taken and is not written yet. */
  #taken: JournalBatch | undefined;
  #room: PromiseWithResolvers<boolean> | undefined;

  constructor(maxRecords: number, maxBytes: number) {
    this.#maxRecords = maxRecords;
    this.#maxBytes = maxBytes;
  }

  get records(): number {
    return this.#records + (this.#taken?.records ?? 0);
  }

  get bytes(): number {
    return this.#writer.end + (this.#taken?.bytes.length ?? 0);
  }

  /**
   * Adds a row of a vector.
   *
   * @returns false where there is no room for it
   */
  add(vector: number, write: (into: ByteWriter) => void): boolean {
    if (this.records >= this.#maxRecords || this.bytes >= this.#maxBytes) return false;
    const start = beginRecord(this.#writer, recordTypes.row, vector);
    try {
      write(this.#writer);
    } catch (error) {
      this.#writer.end = start;
      throw error;
    }
    endRecord(this.#writer, start);
    if (this.bytes > this.#maxBytes) {
      this.#writer.end = start;
      // A record as large as that must not keep its memory.
      if (start === 0) this.#writer = new ByteWriter(firstBytes);
      return false;
    }
    this.#records++;
    this.#vectors.add(vector);
    return true;
  }

  /** Whether nothing waits, and nothing is on its way. */
  get isEmpty(): boolean {
    return this.records === 0;
  }

  /** Takes all that waits. What was taken before must have been {@link done}. */
  take(): JournalBatch | undefined {
    if (this.#records === 0) return undefined;
    const batch = { bytes: this.#writer.written, records: this.#records, vectors: this.#vectors };
    this.#taken = batch;
    this.#writer = new ByteWriter(firstBytes);
    this.#records = 0;
    this.#vectors = new Set<number>();
    return batch;
  }

  /** What was taken is written, or given up: there is room again. */
  done(): void {
    this.#taken = undefined;
    this.#answer(true);
  }

  /** What was taken is not written, and tried again later: nobody is to wait for that. */
  refused(): void {
    this.#answer(false);
  }

  /** Until there may be room again; false where there will be none soon. */
  room(): Promise<boolean> {
    this.#room ??= Promise.withResolvers<boolean>();
    return this.#room.promise;
  }

  #answer(hasRoom: boolean): void {
    this.#room?.resolve(hasRoom);
    this.#room = undefined;
  }
}
