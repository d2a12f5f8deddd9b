/** Which values of a column are there, a bit each; no bits are kept while all are. */
export class Presence {
  #bits: Uint8Array | undefined;
  #length = 0;
  #missing = 0;

  /** Appends `count` bits from `from` on; `null`: all are there. */
  append(present: Uint8Array | null, from: number, count: number): void {
    if (present === null) {
      const start = this.#length;
      this.#length += count;
      if (this.#bits !== undefined) for (let i = start; i < this.#length; i++) this.#set(i);
      return;
    }
    for (let i = from; i < from + count; i++) this.one(((present[i >> 3] ?? 0) & (1 << (i & 7))) !== 0);
  }

  /** Appends one bit. */
  one(isThere: boolean): void {
    if (!isThere && this.#bits === undefined) {
      this.#bits = new Uint8Array(1024);
      for (let i = 0; i < this.#length; i++) this.#set(i);
    }
    const at = this.#length++;
    if (!isThere) this.#missing++;
    else if (this.#bits !== undefined) this.#set(at);
  }

  /** The bits as Arrow has them; none where nothing is missing. */
  finish(): { readonly nullCount: number; readonly nullBitmap?: Uint8Array } {
    if (this.#bits === undefined) return { nullCount: 0 };
    const nullBitmap = new Uint8Array(Math.ceil(this.#length / 8));
    nullBitmap.set(this.#bits.subarray(0, nullBitmap.length));
    return { nullCount: this.#missing, nullBitmap };
  }

  #set(i: number): void {
    let bits = this.#bits ?? new Uint8Array(1024);
    if (i >> 3 >= bits.length) {
      const wider = new Uint8Array(Math.max((i >> 3) + 1, bits.length * 2));
      wider.set(bits);
      bits = wider;
    }
    bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
    this.#bits = bits;
  }
}
