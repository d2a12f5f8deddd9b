import { normalInt, TondoError } from "../../../core/index.ts";

// A text may begin with U+FEFF, which is no mark of bytes in it.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** How deep records may lie in each other: a schema may say that one holds itself. */
const maxDepth = 1000;

/** An integer takes ten bytes at the most, of seven bits each; so many of them are added up in a double, exactly. */
const mostBytes = 10;
const exactBytes = 7;
const exactBits = 49n;

/**
 * Reads one value of Avro behind the other. Whoever wrote the bytes may have meant harm: nothing is believed that they do not hold, and what they cannot hold is refused before anything is made of
 * it.
 *
 * Its methods throw TondoError `INPUT_INVALID`.
 */
export class AvroBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  #depth = 0;

  /** @param at where the first value begins */
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  boolean(): boolean {
    const byte = this.#byte();
    if (byte > 1) throw damaged();
    return byte === 1;
  }

  /** 64 bits: a bigint where it is beyond ±(2^53 - 1). */
  long(): number | bigint {
    let low = 0;
    let high = 0;
    let scale = 1;
    for (let i = 0; ; i++) {
      const byte = this.#byte();
      // One bit is left of the last.
      if (i === mostBytes - 1 && byte > 1) throw damaged();
      if (i === exactBytes) scale = 1;
      if (i < exactBytes) low += (byte & 127) * scale;
      else high += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) break;
    }
    if (high === 0) return low % 2 === 0 ? low / 2 : -(low + 1) / 2;
    const folded = (BigInt(high) << exactBits) | BigInt(low);
    return normalInt((folded >> 1n) ^ -(folded & 1n));
  }

  /** 32 bits. */
  int(): number {
    const value = this.long();
    if (typeof value === "bigint" || value !== (value | 0)) throw damaged();
    return value;
  }

  float(): number {
    return this.#view.getFloat32(this.#taken(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#taken(8), true);
  }

  string(): string {
    const length = this.#length();
    const from = this.#taken(length);
    try {
      return decoder.decode(this.#bytes.subarray(from, from + length));
    } catch (cause) {
      throw new TondoError("INPUT_INVALID", "a text of the event is no UTF-8", { cause });
    }
  }

  skipString(): void {
    this.#taken(this.#length());
  }

  skip(bytes: number): void {
    this.#taken(bytes);
  }

  /** Which of so many branches or symbols comes. */
  index(of: number): number {
    const index = this.int();
    if (index < 0 || index >= of) throw damaged();
    return index;
  }

  /**
   * Goes through the items of an array or a map, which come in blocks. Those that take no bytes are passed over, however many they are.
   *
   * @param least how many bytes an item takes at the least
   */
  items(least: number, item: () => void): void {
    for (;;) {
      const given = Number(this.long());
      if (given === 0) return;
      const count = Math.abs(given);
      // A block whose count is negative says how many bytes it has.
      const length = given < 0 ? this.#length() : undefined;
      const end = length === undefined ? undefined : this.#at + length;
      if (count * least > this.left) throw truncated();
      if (least > 0) for (let i = 0; i < count; i++) item();
      if (end !== undefined && end !== this.#at) throw damaged();
    }
  }

  /** Reads what lies in a record. */
  within(read: () => void): void {
    if (++this.#depth > maxDepth)
      throw new TondoError("INPUT_INVALID", "records of the event lie in each other too deep");
    read();
    this.#depth--;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw truncated();
    return byte;
  }

  /** The length of a text or block, which is there. */
  #length(): number {
    const length = Number(this.long());
    if (length < 0) throw damaged();
    if (length > this.left) throw truncated();
    return length;
  }

  /** Takes so many bytes, and gives where they begin. */
  #taken(bytes: number): number {
    if (bytes > this.left) throw truncated();
    const from = this.#at;
    this.#at += bytes;
    return from;
  }
}

function truncated(): TondoError {
  return new TondoError("INPUT_INVALID", "the event ends before its schema does");
}

function damaged(): TondoError {
  return new TondoError("INPUT_INVALID", "the event is no Avro of its schema");
}
