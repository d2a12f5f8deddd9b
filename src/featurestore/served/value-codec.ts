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
type Part = Raw | Value;
type ScalarPart = null | boolean | number | bigint | string;

/** What writes values of a kind, as the API shows them or as generated code holds them. */
export function valueWriter(kind: ValueKind): (into: ByteWriter, value: Part) => void {
  if (isList(kind)) return listWriter(scalarWriter(elementKind(kind)));
  return isEmbedding(kind) ? listWriter(writeNumber) : scalarWriter(kind);
}

function listWriter(writeItem: (into: ByteWriter, item: ScalarPart) => void): (into: ByteWriter, value: Part) => void {
  return (into, value) => {
    if (value === null || typeof value !== "object") {
      into.uint32(absent);
      return;
    }
    into.uint32(value.length);
    for (const item of value) writeItem(into, item);
  };
}

function scalarWriter(kind: ScalarKind): (into: ByteWriter, value: Part) => void {
  return kind === "string" ? writeText : kind === "int" ? writeInt : writeNumber;
}

// Node has no string as long as `absent` says.
function writeText(into: ByteWriter, value: Part): void {
  if (typeof value === "string") into.text(value);
  else into.uint32(absent);
}

function writeInt(into: ByteWriter, value: Part): void {
  if (typeof value === "bigint") {
    into.byte(isInt64);
    into.int64(value);
    return;
  }
  into.byte(isDouble);
  writeNumber(into, value);
}

function writeNumber(into: ByteWriter, value: Part): void {
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
