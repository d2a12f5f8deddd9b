import { DuckDBListValue, DuckDBListVector, type DuckDBVector } from "@duckdb/node-api";
import type { Raw, RawColumn } from "../../dsl/index.ts";

/** How a column of values without parts travels between DuckDB and generated code: DOUBLE, BIGINT or VARCHAR. */
export type ScalarCarrier = "number" | "int" | "text";

/** How a column of values travels: lists as lists of those, embeddings as lists of DOUBLE. */
export type Carrier = ScalarCarrier | `${ScalarCarrier} list` | "embedding";

/** Of a list the carrier of its elements; `undefined` for what is no list. */
export function elementCarrier(carrier: Carrier): ScalarCarrier | undefined {
  switch (carrier) {
    case "number list":
    case "embedding":
      return "number";
    case "int list":
      return "int";
    case "text list":
      return "text";
    default:
      return undefined;
  }
}

/** The parts of the driver's vectors that its types keep private; its own row access is five times slower. */
interface Nullable {
  readonly validity: { data: BigUint64Array | null };
}
interface NumberVector extends Nullable {
  readonly items: Float64Array;
}
interface IntVector extends Nullable {
  readonly items: BigInt64Array;
}
interface TextVector {
  readonly dataView: DataView;
}

function numbersOf(vector: object): NumberVector {
  if ("items" in vector && vector.items instanceof Float64Array && isNullable(vector)) return vector as NumberVector;
  throw otherDriver();
}

function intsOf(vector: object): IntVector {
  if ("items" in vector && vector.items instanceof BigInt64Array && isNullable(vector)) return vector as IntVector;
  throw otherDriver();
}

function textsOf(vector: object): TextVector {
  if ("dataView" in vector && vector.dataView instanceof DataView) return vector as TextVector;
  throw otherDriver();
}

function validityOf(vector: object): Nullable["validity"] {
  if (isNullable(vector)) return vector.validity;
  throw otherDriver();
}

function isNullable(vector: object): vector is Nullable {
  return (
    "validity" in vector && typeof vector.validity === "object" && vector.validity !== null && "data" in vector.validity
  );
}

function otherDriver(): Error {
  return new Error("the vectors of @duckdb/node-api are built otherwise than those of the version that Tondo pins");
}

/** The values of a vector of that carrier as generated code reads them: NaN, or `null` in texts and lists, for missing. */
export function readVector(vector: DuckDBVector, carrier: Carrier, n: number): RawColumn {
  switch (carrier) {
    case "number":
      return readNumbers(numbersOf(vector), n);
    case "int":
      return readInts(intsOf(vector), n);
    case "text":
      return readTexts(vector, n);
    default:
      return readLists(vector, carrier, n);
  }
}

/** U+FEFF in UTF-8, the first byte lowest. */
const byteOrderMark = 0xbfbbef;
/** Of the 16 bytes of a text in a vector the first four are its length; up to twelve bytes of it follow, zeros behind them. */
const entryWords = 4;
const longestInside = 12;
/** How many short texts are kept decoded: most columns of texts have few different ones. A power of two. */
const keptTexts = 4096;
const keptEntries = new Uint32Array(keptTexts * entryWords);
const kept: string[] = new Array<string>(keptTexts).fill("");

/** The entries of a vector of texts, four words each. */
export function entriesOf(vector: DuckDBVector, n: number): Uint32Array {
  const { dataView } = textsOf(vector);
  return new Uint32Array(dataView.buffer, dataView.byteOffset, n * entryWords);
}

/** One text of a vector, by those. */
export function textAt(vector: DuckDBVector, entries: Uint32Array, i: number): string {
  return decoded(vector, i, entries[i * entryWords] ?? 0, entries[i * entryWords + 1] ?? 0);
}

/** The texts of a vector. To decode one costs far more than to see that it was decoded before. */
function readTexts(vector: DuckDBVector, n: number): RawColumn {
  const mask = bits(validityOf(vector).data);
  const words = entriesOf(vector, n);
  const texts: Raw[] = new Array<Raw>(n);
  for (let i = 0, at = 0; i < n; i++, at += entryWords) {
    if (mask !== null && isMissing(mask, i)) {
      texts[i] = null;
      continue;
    }
    const length = words[at] ?? 0;
    if (length > longestInside) {
      texts[i] = decoded(vector, i, length, words[at + 1] ?? 0);
      continue;
    }
    const [a, b, c] = [words[at + 1] ?? 0, words[at + 2] ?? 0, words[at + 3] ?? 0];
    const hash = Math.imul(Math.imul(a ^ length, 0x9e3779b1) ^ b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
    const slot = ((hash ^ (hash >>> 15)) & (keptTexts - 1)) >>> 0;
    const key = slot * entryWords;
    const isKept =
      keptEntries[key] === length &&
      keptEntries[key + 1] === a &&
      keptEntries[key + 2] === b &&
      keptEntries[key + 3] === c;
    if (!isKept) {
      kept[slot] = decoded(vector, i, length, a);
      keptEntries.set(words.subarray(at, at + entryWords), key);
    }
    texts[i] = kept[slot] ?? "";
  }
  return texts;
}

/** Of a text that begins with U+FEFF the driver's decoder drops it. */
function decoded(vector: DuckDBVector, i: number, length: number, first: number): string {
  const text = String(vector.getItem(i));
  return (first & 0xffffff) === byteOrderMark && length > 2 ? `\uFEFF${text}` : text;
}

/** All elements stand in one vector, list by list. */
function readLists(vector: DuckDBVector, carrier: Carrier, n: number): RawColumn {
  const element = elementCarrier(carrier);
  if (!(vector instanceof DuckDBListVector) || element === undefined) throw new Error("the driver gives no list");
  const { childVector } = vector;
  const elements = readVector(childVector, element, childVector.itemCount);
  const mask = bits(validityOf(vector).data);
  const lists: Raw[] = new Array<Raw>(n);
  for (let i = 0; i < n; i++) {
    if (mask !== null && isMissing(mask, i)) {
      lists[i] = null;
      continue;
    }
    const start = vector.getEntryOffset(i);
    const end = start + vector.getEntryLength(i);
    // `Array.from` of what is an array already would be the slower copy.
    const part = elements.slice(start, end);
    lists[i] = (carrier === "embedding" || Array.isArray(part) ? part : Array.from(part)) as Raw;
  }
  return lists;
}

function bits(data: BigUint64Array | null): Uint8Array | null {
  return data === null ? null : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function isMissing(mask: Uint8Array, i: number): boolean {
  return ((mask[i >> 3] ?? 0) & (1 << (i & 7))) === 0;
}

function readNumbers({ items, validity }: NumberVector, n: number): Float64Array {
  const mask = bits(validity.data);
  const numbers = items.slice(0, n);
  if (mask !== null) for (let i = 0; i < n; i++) if (isMissing(mask, i)) numbers[i] = Number.NaN;
  return numbers;
}

/** Ints as doubles; where one lies beyond ±(2^53 - 1) the column becomes an array in which that one is a bigint. */
function readInts({ items, validity }: IntVector, n: number): RawColumn {
  const mask = bits(validity.data);
  const halves = new Int32Array(items.buffer, items.byteOffset, n * 2);
  const numbers = new Float64Array(n);
  let wide: Raw[] | undefined;
  for (let i = 0; i < n; i++) {
    if (mask !== null && isMissing(mask, i)) {
      numbers[i] = Number.NaN;
      if (wide !== undefined) wide[i] = Number.NaN;
      continue;
    }
    const value = (halves[2 * i + 1] ?? 0) * 4294967296 + ((halves[2 * i] ?? 0) >>> 0);
    numbers[i] = value;
    if (value > 9007199254740991 || value < -9007199254740991) {
      wide ??= Array.from(numbers.subarray(0, i));
      wide[i] = items[i] ?? 0n;
    } else if (wide !== undefined) {
      wide[i] = value;
    }
  }
  return wide ?? numbers;
}

/** Writes what generated code computed into a vector of that carrier. */
export function writeVector(vector: DuckDBVector, carrier: Carrier, column: RawColumn, n: number): void {
  switch (carrier) {
    case "number": {
      const target = numbersOf(vector);
      const numbers = column instanceof Float64Array ? column : Float64Array.from(column, Number);
      target.items.set(numbers.length === n ? numbers : numbers.subarray(0, n));
      target.validity.data = present(column, n) ?? target.validity.data;
      break;
    }
    case "int": {
      const target = intsOf(vector);
      writeInts(target.items, column, n);
      target.validity.data = present(column, n) ?? target.validity.data;
      break;
    }
    case "text":
      for (let i = 0; i < n; i++) vector.setItem(i, column[i] as string | null);
      break;
    default:
      for (let i = 0; i < n; i++) vector.setItem(i, listValue(column[i] ?? null, carrier));
  }
  vector.flush();
}

/** Numbers in two halves: making a bigint of each costs ten times as much. */
function writeInts(items: BigInt64Array, column: RawColumn, n: number): void {
  const halves = new Int32Array(items.buffer, items.byteOffset, n * 2);
  if (column instanceof Float64Array) {
    // Apart from the other loop, which would make this one ask of each value what it is.
    for (let i = 0; i < n; i++) writeHalves(halves, i, column[i] ?? Number.NaN);
    return;
  }
  for (let i = 0; i < n; i++) {
    const value = column[i];
    if (typeof value === "number") writeHalves(halves, i, value);
    else items[i] = toInt64(value);
  }
}

function writeHalves(halves: Int32Array, i: number, value: number): void {
  const small = value | 0;
  if (small === value) {
    halves[2 * i] = small;
    halves[2 * i + 1] = small >> 31;
    return;
  }
  const whole = value === value ? value : 0;
  const high = Math.floor(whole / 4294967296);
  halves[2 * i] = whole - high * 4294967296;
  halves[2 * i + 1] = high;
}

/** A raw int as 64 bits; 0 where it is missing. */
function toInt64(value: Raw | undefined): bigint {
  if (typeof value === "bigint") return value;
  return typeof value === "number" && value === value ? BigInt(value) : 0n;
}

function listValue(list: Raw, carrier: Carrier): DuckDBListValue | null {
  if (typeof list !== "object" || list === null) return null;
  return new DuckDBListValue(carrier === "int list" ? Array.from(list, toInt64) : Array.from(list));
}

/** The bitmap of what is there; `null` where all is. */
function present(column: RawColumn, n: number): BigUint64Array | null {
  const words = new Uint32Array(Math.ceil(n / 64) * 2).fill(0xffffffff);
  let any = false;
  for (let i = 0; i < n; i++) {
    const value = column[i];
    if (value === value) continue;
    any = true;
    words[i >> 5] = (words[i >> 5] ?? 0) & ~(1 << (i & 31));
  }
  return any ? new BigUint64Array(words.buffer) : null;
}
