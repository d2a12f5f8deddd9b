import { TondoError } from "../../core/index.ts";
import type { RecordBuffer } from "../online/codec/index.ts";
import { RecordBuffer as Buffers } from "../online/codec/index.ts";
import type { GenerationWriter, LoadCounts } from "../online/index.ts";
import type { MaterializeLimits } from "./materialize-limits.ts";

/** Collects records into batches and writes them, one batch under way while the next is made. */
export class GenerationLoad {
  readonly #writer: GenerationWriter;
  readonly #limits: MaterializeLimits;
  readonly #buffer: RecordBuffer = new Buffers();
  readonly #group: string;
  #keys: Uint8Array[] = [];
  #ends: number[] = [];
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

  /**
   * Adds the record of a key, which `encode` appends to the buffer; `undefined` for a key that is too long. Such a key, and one that was erased, is
   * counted and left out.
   *
   * @throws TondoError `LIMIT_EXCEEDED` where the record is larger than the limit
   */
  add(key: Uint8Array | undefined, rows: number, parts: number, encode: (buffer: RecordBuffer) => void): void {
    if (key === undefined) {
      this.#counts.keysTooLong++;
      return;
    }
    if (this.#isErased(key)) {
      this.#keysErased++;
      return;
    }
    const start = this.#buffer.end;
    encode(this.#buffer);
    const bytes = this.#buffer.end - start;
    if (bytes > this.#limits.recordBytes) {
      throw new TondoError(
        "LIMIT_EXCEEDED",
        `${this.#group}: a key's record takes ${String(bytes)} bytes, more than ${String(this.#limits.recordBytes)}`,
        { hint: "Give the group a larger `hop` or shorter windows, or raise the limit `recordBytes`." },
      );
    }
    this.#keys.push(key);
    this.#ends.push(this.#buffer.end);
    this.#counts.rows += rows;
    this.#counts.keys++;
    this.#counts.parts += parts;
    this.#counts.bytes += bytes;
  }

  /** Writes what is collected where that is a batch. */
  async writeFull(): Promise<void> {
    if (this.#buffer.end >= this.#limits.batchBytes) await this.#write();
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
    const bytes = this.#buffer.take();
    const keys = this.#keys;
    const values = this.#ends.map((end, i) => bytes.subarray(this.#ends[i - 1] ?? 0, end));
    this.#keys = [];
    this.#ends = [];
    this.#writing = this.#writer.write({ keys, values });
    // It is waited for at the next batch, and its failure is thrown there.
    this.#writing.catch(() => undefined);
  }
}
