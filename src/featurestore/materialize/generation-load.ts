import { TondoError } from "../../core/index.ts";
import { RecordBuffer } from "../online/codec/index.ts";
import type { GenerationWriter, LoadCounts } from "../online/index.ts";
import type { MaterializeLimits } from "./materialize-limits.ts";

/** Collects records into batches and writes them, one batch under way while the next is made. */
export class GenerationLoad {
  readonly #writer: GenerationWriter;
  readonly #limits: MaterializeLimits;
  /** What records are appended to. */
  readonly buffer: RecordBuffer = new RecordBuffer();
  readonly #group: string;
  #keys: Uint8Array[] = [];
  #ends: number[] = [];
  /** Where the last record ends. */
  #end = 0;
  #writing: Promise<void> | undefined;
  readonly #isErased: (key: Uint8Array) => boolean;
  #counts = { rows: 0, keys: 0, parts: 0, bytes: 0, keysTooLong: 0 };
  #keysErased = 0;

  /** @param isErased which keys are left out and counted */
  constructor(
    group: string,
    writer: GenerationWriter,
    limits: MaterializeLimits,
    isErased: (key: Uint8Array) => boolean = () => false,
  ) {
    this.#isErased = isErased;
    this.#group = group;
    this.#writer = writer;
    this.#limits = limits;
  }

  get counts(): LoadCounts {
    return { ...this.#counts, ...(this.#keysErased === 0 ? {} : { keysErased: this.#keysErased }) };
  }

  /** Whether a key is to have a record; `undefined` is one that is too long. Such a key, and one that was erased, is counted and left out. */
  takes(key: Uint8Array | undefined): key is Uint8Array {
    if (key === undefined) this.#counts.keysTooLong++;
    else if (this.#isErased(key)) this.#keysErased++;
    else return true;
    return false;
  }

  /**
   * Adds the record of a key that it takes, which has been appended to the buffer: from where the one before it ends up to a byte. What is behind it is
   * of the next one.
   *
   * @throws TondoError `LIMIT_EXCEEDED` where the record is larger than the limit
   */
  add(key: Uint8Array, end: number, rows: number, parts: number): void {
    const bytes = end - this.#end;
    if (bytes > this.#limits.recordBytes) {
      throw new TondoError(
        "LIMIT_EXCEEDED",
        `${this.#group}: a key's record takes ${String(bytes)} bytes, more than ${String(this.#limits.recordBytes)}`,
        { hint: "Give the group a larger `hop` or shorter windows, or raise the limit `recordBytes`." },
      );
    }
    this.#keys.push(key);
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
    if (this.#keys.length === 0) return;
    const bytes = this.buffer.take(this.#end);
    const keys = this.#keys;
    const values = this.#ends.map((end, i) => bytes.subarray(this.#ends[i - 1] ?? 0, end));
    this.#keys = [];
    this.#ends = [];
    this.#end = 0;
    this.#writing = this.#writer.write({ keys, values });
    // It is waited for at the next batch, and its failure is thrown there.
    this.#writing.catch(() => undefined);
  }
}
