import { TondoError } from "../../core/index.ts";
import { type KeyRows, RecordBuffer } from "../online/codec/index.ts";
import type { GenerationWriter, LoadCounts, RecordBatch } from "../online/index.ts";
import { KeyArena } from "./key-arena.ts";
import type { MaterializeLimits } from "./materialize-limits.ts";

/** Collects records into batches and writes them, one batch under way while the next is made. */
export class GenerationLoad {
  readonly #writer: GenerationWriter;
  readonly #limits: MaterializeLimits;
  /** What records are appended to. */
  readonly buffer: RecordBuffer = new RecordBuffer();
  readonly #group: string;
  readonly #keys: KeyArena = new KeyArena();
  #ends: number[] = [];
  /** Where the last record ends. */
  #end = 0;
  #writing: Promise<void> | undefined;
  /** The batch that is being written, or was written last. */
  #lent: RecordBatch | undefined;
  readonly #isErased: ((key: Uint8Array) => boolean) | undefined;
  #counts = { rows: 0, keys: 0, parts: 0, bytes: 0, keysTooLong: 0 };
  #keysErased = 0;

  /** @param isErased which keys are left out and counted */
  constructor(
    group: string,
    writer: GenerationWriter,
    limits: MaterializeLimits,
    isErased?: (key: Uint8Array) => boolean,
  ) {
    this.#isErased = isErased;
    this.#group = group;
    this.#writer = writer;
    this.#limits = limits;
  }

  get counts(): LoadCounts {
    return { ...this.#counts, ...(this.#keysErased === 0 ? {} : { keysErased: this.#keysErased }) };
  }

  /** Whether the key of a row is to have a record, which is then added behind those of the keys before it. One that is too long or was erased is counted and left out. */
  begins(keys: KeyRows, row: number): boolean {
    const start = row === 0 ? 0 : (keys.ends[row - 1] ?? 0);
    const end = keys.ends[row] ?? 0;
    if (keys.isTooLong(row)) this.#counts.keysTooLong++;
    else if (this.#isErased?.(keys.bytes.slice(start, end)) === true) this.#keysErased++;
    else {
      this.#keys.add(keys.bytes, start, end);
      return true;
    }
    return false;
  }

  /**
   * Adds the record of the next key that has none yet. It has been appended to the buffer: from where the one before it ends up to a byte; what is behind is of the
   * next one.
   *
   * @throws TondoError `LIMIT_EXCEEDED` where the record is larger than the limit
   */
  add(end: number, rows: number, parts: number): void {
    const bytes = end - this.#end;
    if (bytes > this.#limits.recordBytes) {
      throw new TondoError(
        "LIMIT_EXCEEDED",
        `${this.#group}: a key's record takes ${String(bytes)} bytes, more than ${String(this.#limits.recordBytes)}`,
        { hint: "Give the group a larger `hop` or shorter windows, or raise the limit `recordBytes`." },
      );
    }
    this.#ends.push(end);
    this.#end = end;
    this.#counts.rows += rows;
    this.#counts.keys++;
    this.#counts.parts += parts;
    this.#counts.bytes += bytes;
  }

  /** Writes what is collected where that is a batch. */
  async writeFull(): Promise<void> {
    if (this.#end >= this.#limits.batchBytes) await this.#write();
  }

  /** Writes what is left and waits for all of it. */
  async finish(): Promise<void> {
    await this.#write();
    await this.#writing;
  }

  /** Waits for what is under way, however it ends: nothing may go on behind a failed load. */
  async abandon(): Promise<void> {
    await Promise.allSettled([this.#writing]);
  }

  async #write(): Promise<void> {
    await this.#writing;
    const ends = this.#ends;
    if (ends.length === 0) return;
    if (this.#lent !== undefined && this.#writer.isDoneWithBatches === true) {
      this.buffer.reuse(this.#lent.values.bytes);
      this.#keys.reuse(this.#lent.keys.bytes);
    }
    const batch = { keys: this.#keys.take(ends.length), values: { bytes: this.buffer.take(this.#end), ends } };
    this.#ends = [];
    this.#end = 0;
    this.#lent = batch;
    this.#writing = this.#writer.write(batch);
    // It is waited for at the next batch, and its failure is thrown there.
    this.#writing.catch(() => undefined);
  }
}
