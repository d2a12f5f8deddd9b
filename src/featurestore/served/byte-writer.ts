const shortText = 40;

/** Memory that records are written into, one after the other; it grows as they need it. Little-endian. */
export class ByteWriter {
  #bytes: Buffer;
  #view: DataView;
  /** Bytes used so far; set back, what was written since then is forgotten. */
  end = 0;

  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes);
    this.#view = viewOf(this.#bytes);
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.end++] = value;
  }

  uint32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.end, value, true);
    this.end += 4;
  }

  /** Writes over what stands at a place already. */
  uint32At(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  float64(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.end, value, true);
    this.end += 8;
  }

  int64(value: bigint): void {
    this.#room(8);
    this.#view.setBigInt64(this.end, value, true);
    this.end += 8;
  }

  /** A text with the number of its bytes before it. */
  text(text: string): void {
    // No unit of UTF-16 is more than three bytes of UTF-8.
    this.#room(4 + text.length * 3);
    const bytes = this.#ascii(text, this.end + 4) ? text.length : this.#bytes.write(text, this.end + 4);
    this.#view.setUint32(this.end, bytes, true);
    this.end += 4 + bytes;
  }

  /** What was written, as long as nothing else is. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.end);
  }

  /** Short texts are written here, which takes less than a call of Node's own; false where a text is longer, or not of ASCII. */
  #ascii(text: string, at: number): boolean {
    if (text.length > shortText) return false;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      this.#bytes[at + i] = code;
    }
    return true;
  }

  #room(bytes: number): void {
    const needed = this.end + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.end);
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
