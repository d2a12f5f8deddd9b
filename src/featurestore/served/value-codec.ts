import { elementKind, isEmbedding, isList, type ScalarKind, type Value, type ValueKind } from "../../core/index.ts";
import type { Raw } from "../../dsl/index.ts";
import type { ByteWriter } from "./byte-writer.ts";

/*
 * Values in a journal, to the bit. Numbers are 8 bytes, with NaN where they are missing: no value is NaN. An int has a byte before it that says whether it is
 * a double, or, beyond ±(2^53 - 1), 64 bits. Texts and lists begin with their length in 4 bytes, `absent` where they are missing.
 */

const absent = 0xffff_ffff;
const isDouble = 0;
const isInt64 = 1;
/** Strings are refused longer than this by Node itself: no length is `absent`. */
type Part = Raw | Value;

/** Writes a value of a kind, as the API shows it or as generated code holds it. */
export function writeValue(into: ByteWriter, value: Part, kind: ValueKind): void {
  if (!isList(kind) && !isEmbedding(kind)) {
    writeScalar(into, value as Exclude<Part, readonly unknown[] | Float64Array>, kind);
    return;
  }
  if (value === null || typeof value !== "object") {
    into.uint32(absent);
    return;
  }
  const of = isList(kind) ? elementKind(kind) : "float";
  into.uint32(value.length);
  for (const item of value) writeScalar(into, item, of);
}

function writeScalar(into: ByteWriter, value: null | boolean | number | bigint | string, kind: ScalarKind): void {
  if (kind === "string") {
    if (typeof value === "string") into.text(value);
    else into.uint32(absent);
    return;
  }
  if (kind === "int") {
    if (typeof value === "bigint") {
      into.byte(isInt64);
      into.int64(value);
      return;
    }
    into.byte(isDouble);
  }
  into.float64(typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : NaN);
}

/** Reads values in the order in which they were written. What does not end where its bytes do throws a RangeError. */
export class ValueReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Whether all of it was read. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  value(kind: ValueKind): Value {
    if (!isList(kind) && !isEmbedding(kind)) return this.#scalar(kind);
    const length = this.uint32();
    if (length === absent) return null;
    const of = isList(kind) ? elementKind(kind) : "float";
    const list: Exclude<ReturnType<ValueReader["value"]>, null | readonly unknown[]>[] = [];
    for (let i = 0; i < length; i++) {
      const item = this.#scalar(of);
      if (item !== null) list.push(item);
    }
    return list;
  }

  #scalar(kind: ScalarKind): null | boolean | number | bigint | string {
    if (kind === "string") {
      const length = this.uint32();
      if (length === absent) return null;
      const start = this.#advance(length);
      return this.#bytes.toString("utf8", start, start + length);
    }
    if (kind === "int" && this.byte() === isInt64) return this.#bytes.readBigInt64LE(this.#advance(8));
    const number = this.#bytes.readDoubleLE(this.#advance(8));
    if (Number.isNaN(number)) return null;
    return kind === "bool" ? number === 1 : number;
  }

  #advance(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#bytes.length) throw new RangeError("a record ends too early");
    this.#at += bytes;
    return at;
  }
}
