import type { PackedBytes } from "../online/index.ts";

const firstBytes = 1 << 16;

/** A growing piece of memory that keys are put into, one behind the other. */
export class KeyArena {
  #bytes: Uint8Array = new Uint8Array(firstBytes);
  #ends: number[] = [];
  #end = 0;
  #spare: Uint8Array | undefined;

  /** Adds what stands from one byte to another. */
  add(from: Uint8Array, start: number, end: number): void {
    let at = this.#end;
    if (at + end - start > this.#bytes.length) this.#grow(at + end - start);
    const bytes = this.#bytes;
    // Keys are short: to ask for a copy of so few bytes costs more than to make it.
    for (let i = start; i < end; i++) bytes[at++] = from[i] ?? 0;
    this.#end = at;
    this.#ends.push(at);
  }

  /** Hands over the first keys with their memory, and goes on with the others. */
  take(count: number): PackedBytes {
    const split = this.#ends[count - 1] ?? 0;
    const [bytes, ends] = [this.#bytes, this.#ends];
    const rest = bytes.subarray(split, this.#end);
    this.#bytes = this.#spare ?? new Uint8Array(bytes.length);
    this.#spare = undefined;
    this.#end = 0;
    if (rest.length > this.#bytes.length) this.#grow(rest.length);
    this.#bytes.set(rest);
    this.#end = rest.length;
    this.#ends = ends.slice(count).map((end) => end - split);
    return { bytes: bytes.subarray(0, split), ends: ends.slice(0, count) };
  }

  /** Takes memory back that was handed over and is not read any more. */
  reuse(bytes: Uint8Array): void {
    this.#spare = new Uint8Array(bytes.buffer);
  }

  #grow(least: number): void {
    const grown = new Uint8Array(Math.max(least, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = grown;
  }
}
