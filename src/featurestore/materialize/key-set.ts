const text = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");

/** A set of keys as stores know them. Most that it is asked for are not in it: a bit says so of nearly all of those, before a text is made. */
export class KeySet {
  readonly #keys: Set<string> = new Set<string>();
  readonly #bits: Uint32Array;
  readonly #mask: number;

  /** @param expected about how many keys it is to hold */
  constructor(expected: number) {
    const bits = 2 ** Math.ceil(Math.log2(Math.max(1024, expected * 16)));
    this.#bits = new Uint32Array(bits >>> 5);
    this.#mask = bits - 1;
  }

  add(key: Uint8Array): void {
    const bit = hash(key) & this.#mask;
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    this.#keys.add(text(key));
  }

  has(key: Uint8Array): boolean {
    const bit = hash(key) & this.#mask;
    return ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0 && this.#keys.has(text(key));
  }
}

/** FNV-1a, mixed once more: the low bits are used. */
function hash(key: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (const byte of key) sum = Math.imul(sum ^ byte, 0x01000193);
  return (sum ^ (sum >>> 15)) >>> 0;
}
