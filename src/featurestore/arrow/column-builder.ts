import type { Data, DataType } from "apache-arrow";
import type * as Arrow from "apache-arrow";
import { elementKind, isEmbedding, isList, TondoError, type ValueKind } from "../../core/index.ts";
import type { VectorItems } from "../duckdb/index.ts";
import { Presence } from "./presence.ts";

/** Takes values of one column out of chunks, by copy, until they are made into a batch, which then owns them. */
export interface ColumnBuilder {
  readonly length: number;
  /** Appends `count` values of a chunk's column from `from` on. */
  append(items: VectorItems, from: number, count: number): void;
  /** What was appended, in memory that nobody else writes to; the builder is empty then. */
  finish(): Data;
}

/** How many bytes of texts a batch may have: what Arrow's offsets can say. */
export const maxTextBytes = 0x7fffffff;

/** The type that a column of a kind has: that of a Parquet file's column. */
export function arrowType(arrow: typeof Arrow, kind: ValueKind): DataType {
  if (isList(kind)) return new arrow.List(new arrow.Field("element", arrowType(arrow, elementKind(kind)), true));
  if (isEmbedding(kind)) return new arrow.List(new arrow.Field("element", new arrow.Float64(), true));
  switch (kind) {
    case "bool":
      return new arrow.Bool();
    case "float":
      return new arrow.Float64();
    case "string":
      return new arrow.Utf8();
    case "timestamp":
      return new arrow.TimestampMicrosecond();
    case "date":
      return new arrow.DateDay();
    default:
      return new arrow.Int64();
  }
}

/** The builder of a column of that kind: with the first values of each batch it makes room for so many. */
export function columnBuilder(arrow: typeof Arrow, kind: ValueKind, room: number): ColumnBuilder {
  const type = arrowType(arrow, kind);
  if (isList(kind)) return new ListBuilder(arrow, type, columnBuilder(arrow, elementKind(kind), room), room);
  if (isEmbedding(kind)) return new ListBuilder(arrow, type, columnBuilder(arrow, "float", room), room);
  switch (kind) {
    case "string":
      return new TextBuilder(arrow, type, room);
    case "bool":
      return new NumberBuilder(arrow, type, room, (n) => new Int32Array(n));
    case "date":
      return new NumberBuilder(arrow, type, room, (n) => new Int32Array(n));
    case "float":
      return new NumberBuilder(arrow, type, room, (n) => new Float64Array(n));
    default:
      return new NumberBuilder(arrow, type, room, (n) => new BigInt64Array(n));
  }
}

type Numbers = Float64Array | BigInt64Array | Int32Array;

/** Numbers as they are, and truth values, which come as 0 and 1. */
class NumberBuilder implements ColumnBuilder {
  readonly #arrow: typeof Arrow;
  readonly #type: DataType;
  readonly #room: number;
  readonly #make: (n: number) => Numbers;
  #numbers: Numbers;
  #presence = new Presence();
  length = 0;

  constructor(arrow: typeof Arrow, type: DataType, room: number, make: (n: number) => Numbers) {
    this.#arrow = arrow;
    this.#type = type;
    this.#room = room;
    this.#make = make;
    this.#numbers = make(0);
  }

  append(given: VectorItems, from: number, count: number): void {
    if (given.is !== "numbers") throw otherItems(this.#type, given);
    const end = this.length + count;
    if (end > this.#numbers.length) {
      const wider = this.#make(Math.max(end, this.#room, this.#numbers.length * 2));
      setNumbers(wider, this.#numbers, 0);
      this.#numbers = wider;
    }
    setNumbers(this.#numbers, given.items.subarray(from, from + count), this.length);
    this.#presence.append(given.present, from, count);
    this.length = end;
  }

  finish(): Data {
    const { length } = this;
    const numbers = this.#numbers.subarray(0, length);
    const type = this.#type;
    const data = this.#arrow.makeData({
      ...{ type, length, ...this.#presence.finish() },
      data: this.#arrow.DataType.isBool(type) ? packBits(numbers as Int32Array) : numbers,
    } as Parameters<typeof Arrow.makeData>[0]);
    this.#numbers = this.#make(0);
    this.#presence = new Presence();
    this.length = 0;
    return data;
  }
}

/** Texts as UTF-8, one behind the other. */
class TextBuilder implements ColumnBuilder {
  readonly #arrow: typeof Arrow;
  readonly #type: DataType;
  readonly #room: number;
  readonly #encoder = new TextEncoder();
  #bytes = new Uint8Array(0);
  #offsets = new Int32Array(1);
  #presence = new Presence();
  length = 0;

  constructor(arrow: typeof Arrow, type: DataType, room: number) {
    this.#arrow = arrow;
    this.#type = type;
    this.#room = room;
  }

  append(given: VectorItems, from: number, count: number): void {
    if (given.is !== "texts") throw otherItems(this.#type, given);
    this.#offsets = widened(this.#offsets, this.length + count, this.#room);
    let end = this.#offsets[this.length] ?? 0;
    for (let i = from; i < from + count; i++) {
      const text = given.texts[i] ?? null;
      if (text !== null) {
        // No text has more bytes than three for each of its units.
        this.#widen(end, text.length * 3);
        end += this.#encoder.encodeInto(text, this.#bytes.subarray(end)).written;
      }
      this.#presence.one(text !== null);
      this.#offsets[++this.length] = end;
    }
  }

  finish(): Data {
    const { length } = this;
    const valueOffsets = this.#offsets.subarray(0, length + 1);
    const data = this.#arrow.makeData({
      ...{ type: this.#type, length, ...this.#presence.finish(), valueOffsets },
      data: this.#bytes.subarray(0, valueOffsets[length] ?? 0),
    } as Parameters<typeof Arrow.makeData>[0]);
    this.#bytes = new Uint8Array(0);
    this.#offsets = new Int32Array(1);
    this.#presence = new Presence();
    this.length = 0;
    return data;
  }

  #widen(end: number, more: number): void {
    if (end + more <= this.#bytes.length) return;
    if (end + more > maxTextBytes) {
      throw new TondoError("LIMIT_EXCEEDED", `the texts of a batch have more than ${String(maxTextBytes)} bytes`, {
        hint: "Ask for fewer `rows` a batch.",
      });
    }
    const wider = new Uint8Array(Math.min(maxTextBytes, Math.max(end + more, this.#room * 8, this.#bytes.length * 2)));
    wider.set(this.#bytes.subarray(0, end));
    this.#bytes = wider;
  }
}

/** Lists: their elements one behind the other. */
class ListBuilder implements ColumnBuilder {
  readonly #arrow: typeof Arrow;
  readonly #type: DataType;
  readonly #elements: ColumnBuilder;
  readonly #room: number;
  #offsets = new Int32Array(1);
  #presence = new Presence();
  length = 0;

  constructor(arrow: typeof Arrow, type: DataType, elements: ColumnBuilder, room: number) {
    this.#arrow = arrow;
    this.#type = type;
    this.#elements = elements;
    this.#room = room;
  }

  append(given: VectorItems, from: number, count: number): void {
    if (given.is !== "lists") throw otherItems(this.#type, given);
    this.#offsets = widened(this.#offsets, this.length + count, this.#room);
    const { present } = given;
    for (let i = from; i < from + count; i++) {
      const isThere = present === null || ((present[i >> 3] ?? 0) & (1 << (i & 7))) !== 0;
      if (isThere) this.#elements.append(given.elements, given.start(i), given.length(i));
      this.#presence.one(isThere);
      this.#offsets[++this.length] = this.#elements.length;
    }
  }

  finish(): Data {
    const { length } = this;
    const valueOffsets = this.#offsets.subarray(0, length + 1);
    const data = this.#arrow.makeData({
      ...{ type: this.#type, length, ...this.#presence.finish(), valueOffsets, child: this.#elements.finish() },
    } as Parameters<typeof Arrow.makeData>[0]);
    this.#offsets = new Int32Array(1);
    this.#presence = new Presence();
    this.length = 0;
    return data;
  }
}

function setNumbers(to: Numbers, from: Numbers, at: number): void {
  if (to instanceof BigInt64Array && from instanceof BigInt64Array) to.set(from, at);
  else if (!(to instanceof BigInt64Array) && !(from instanceof BigInt64Array)) to.set(from, at);
  else throw new TondoError("INTERNAL", "a chunk has numbers of another width than its column");
}

/** Offsets of so many values: the same where they have room. */
function widened(offsets: Int32Array<ArrayBuffer>, values: number, room: number): Int32Array<ArrayBuffer> {
  if (values < offsets.length) return offsets;
  const wider = new Int32Array(Math.max(values + 1, room + 1, offsets.length * 2));
  wider.set(offsets);
  return wider;
}

function packBits(numbers: Int32Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(numbers.length / 8));
  for (let i = 0; i < numbers.length; i++) if (numbers[i] !== 0) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  return bits;
}

function otherItems(type: DataType, { is }: VectorItems): TondoError {
  return new TondoError("INTERNAL", `a column of the type ${String(type.typeId)} was read as ${is}`);
}
