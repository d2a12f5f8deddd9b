import { elementKind, isEmbedding, isList, type ScalarKind, type ValueKind } from "../../../core/index.ts";
import { fitsKind } from "../../offline/files/fits-kind.ts";
import type { AvroBytes } from "./avro-bytes.ts";
import { type AvroInteger, type AvroType, leastBytes } from "./avro-type.ts";
import { skipperOf } from "./skip-value.ts";

/** Reads a value, for `admitEvent` to take it as one of a column's kind. */
export type ReadValue = (bytes: AvroBytes) => unknown;

/** What stands where a union's value is of a type that the column is not of: `admitEvent` takes it as nothing. */
const another: object = Object.freeze({});

/** What reads values of a type as those of a kind, by the rules of Parquet; `undefined` where none of them ever is one. */
export function readerOf(type: AvroType, kind: ValueKind): ReadValue | undefined {
  switch (type.type) {
    case "null":
      return () => null;
    case "union":
      return unionReader(type.branches, kind);
    case "array":
      if (isList(kind)) return listReader(type.items, elementKind(kind));
      return isEmbedding(kind) ? listReader(type.items, "float") : undefined;
    default: {
      const own = kindOf(type);
      return own === undefined || !fitsKind(own, kind) ? undefined : scalarReader(type, own, kind);
    }
  }
}

/** The kind of the values of a type that has no parts; `undefined` where the language has none. */
function kindOf(type: AvroType): ScalarKind | undefined {
  switch (type.type) {
    case "boolean":
      return "bool";
    case "int":
    case "long":
      return integerKind(type);
    case "float":
    case "double":
      return "float";
    case "string":
    case "enum":
      return "string";
    default:
      return undefined;
  }
}

/** What an integer means. A meaning that Avro gives to no integer of this size is none, as its specification has it. */
function integerKind({ type, logical }: AvroInteger): ScalarKind | undefined {
  switch (`${type} ${logical ?? ""}`) {
    case "int date":
      return "date";
    case "long timestamp-millis":
    case "long timestamp-micros":
    case "long timestamp-nanos":
      return "timestamp";
    // Of which zone they are is not said, and the language has no times of day.
    case "long local-timestamp-millis":
    case "long local-timestamp-micros":
    case "long local-timestamp-nanos":
    case "int time-millis":
    case "long time-micros":
      return undefined;
    default:
      return "int";
  }
}

function scalarReader(type: AvroType, own: ScalarKind, wanted: ValueKind): ReadValue {
  switch (type.type) {
    case "boolean":
      return (bytes) => bytes.boolean();
    case "int":
      if (own === "date" && wanted === "timestamp") return (bytes) => times(bytes.int(), microsOfDay);
      return (bytes) => bytes.int();
    case "long":
      return longReader(own === "timestamp" ? type.logical : undefined);
    case "float":
      return (bytes) => finite(bytes.float());
    case "double":
      return (bytes) => finite(bytes.double());
    case "enum": {
      const { symbols } = type;
      return (bytes) => symbols[bytes.index(symbols.length)];
    }
    default:
      return (bytes) => bytes.string();
  }
}

function longReader(logical: string | undefined): ReadValue {
  switch (logical) {
    case "timestamp-millis":
      return (bytes) => times(bytes.long(), 1000);
    case "timestamp-nanos":
      return (bytes) => microsOf(bytes.long());
    default:
      return (bytes) => bytes.long();
  }
}

/** What the language has no number for is missing, as in files. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

const microsOfDay = 86_400_000_000;

/** A product, exactly. */
function times(value: number | bigint, factor: number): number | bigint {
  const product = Number(value) * factor;
  return Number.isSafeInteger(product) ? product : BigInt(value) * BigInt(factor);
}

/** Nanoseconds, taken down to their microsecond. */
function microsOf(nanoseconds: number | bigint): bigint {
  const value = BigInt(nanoseconds);
  return value / 1000n - (value % 1000n < 0n ? 1n : 0n);
}

function unionReader(branches: readonly AvroType[], kind: ValueKind): ReadValue | undefined {
  const readers = branches.map((branch) => readerOf(branch, kind));
  const isEver = branches.some((branch, i) => branch.type !== "null" && readers[i] !== undefined);
  // One of nothing but `null` is missing in each event, as a column that is not there.
  if (!isEver && branches.some(({ type }) => type !== "null")) return undefined;
  const all = readers.map((reader, i): ReadValue => reader ?? past(branches[i] ?? { type: "null" }));
  return (bytes) => all[bytes.index(all.length)]?.(bytes);
}

function past(type: AvroType): ReadValue {
  const skip = skipperOf(type);
  return (bytes) => {
    skip(bytes);
    return another;
  };
}

function listReader(items: AvroType, kind: ScalarKind): ReadValue | undefined {
  const read = readerOf(items, kind);
  if (read === undefined) return undefined;
  const least = leastBytes(items);
  return (bytes) => {
    const list: unknown[] = [];
    bytes.items(least, () => {
      list.push(read(bytes));
    });
    return list;
  };
}
