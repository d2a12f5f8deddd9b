import type { DataType, Decimal, Timestamp, Vector } from "apache-arrow";
import { normalInt, type Scalar, type Value } from "../../../../core/index.ts";
import { nothingType } from "../parquet-columns.ts";
import type { ArrowModule } from "./arrow-module.ts";

/** How the values of a type of Arrow are read. */
export interface ArrowColumn<V extends Value = Value> {
  /** The type of DuckDB that such a column of Parquet has; of a type that the language does not have, Arrow's own words. */
  readonly type: string;
  /** The values of a vector by their place, as values of the language; absent where there are none. */
  readonly values?: (vector: Vector) => (i: number) => V | null;
}

/** How a column of that type is read. */
export function arrowColumn(arrow: ArrowModule, type: DataType): ArrowColumn {
  const { DataType: is } = arrow;
  if (!is.isList(type) && !is.isLargeList(type) && !is.isFixedSizeList(type)) return scalarColumn(arrow, type);
  const element = scalarColumn(arrow, (type.children[0]?.type as DataType | undefined) ?? new arrow.Null());
  const { values } = element;
  if (values === undefined) return { type: named(arrow, type) };
  return {
    type: `${element.type}[]`,
    values: (vector) => (i) => {
      const items: unknown = vector.get(i);
      if (!(items instanceof arrow.Vector)) return null;
      const at = values(items);
      return Array.from({ length: items.length }, (_, item) => at(item)).filter((item) => item !== null);
    },
  };
}

function scalarColumn(arrow: ArrowModule, type: DataType): ArrowColumn<Scalar> {
  const { DataType: is } = arrow;
  if (is.isNull(type)) return { type: nothingType };
  if (is.isDictionary(type)) {
    const { type: own, values } = scalarColumn(arrow, type.dictionary as DataType);
    // Only texts are looked up in their dictionary by the vector itself.
    return own === "VARCHAR" && values !== undefined ? { type: own, values } : { type: named(arrow, type) };
  }
  if (is.isBool(type)) return { type: "BOOLEAN", values: byGet((value) => value === true) };
  if (is.isInt(type)) {
    if (!type.isSigned && type.bitWidth === 64) return { type: "UBIGINT" };
    return { type: "BIGINT", values: byGet((value) => (typeof value === "bigint" ? normalInt(value) : Number(value))) };
  }
  if (is.isFloat(type)) return { type: "DOUBLE", values: byGet((value) => finite(Number(value))) };
  if (is.isDecimal(type)) return { type: "DOUBLE", values: byGet((value) => decimal(value, type)) };
  if (is.isUtf8(type) || is.isLargeUtf8(type) || is.isUtf8View(type)) return { type: "VARCHAR", values: byGet(String) };
  if (is.isDate(type)) {
    const perDay = type.unit === arrow.DateUnit.DAY ? 1n : 86_400_000n;
    return { type: "DATE", values: byNumber((value) => floorDivide(value, perDay)) };
  }
  if (is.isTimestamp(type)) {
    const zoned = (type.timezone ?? "") !== "";
    return { type: zoned ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP", values: byNumber(microsOf(arrow, type)) };
  }
  return { type: named(arrow, type) };
}

/** A type by its name among those of Arrow. */
function named({ Type }: ArrowModule, { typeId }: DataType): string {
  return Type[typeId];
}

/** By the vector's own reading of its values. */
function byGet(read: (value: unknown) => Scalar | null): (vector: Vector) => (i: number) => Scalar | null {
  return (vector) => (i) => {
    const value: unknown = vector.get(i);
    return value === null || value === undefined ? null : read(value);
  };
}

/** By the numbers that stand in the file: the vector itself would make doubles of milliseconds of them. */
function byNumber(read: (value: bigint) => bigint): (vector: Vector) => (i: number) => Scalar | null {
  return (vector) => {
    const [data] = vector.data;
    const numbers: unknown = data?.values;
    if (!(numbers instanceof BigInt64Array) && !(numbers instanceof Int32Array)) return () => null;
    return (i) => {
      const value = vector.isValid(i) ? numbers[i] : undefined;
      if (value === undefined) return null;
      const number = Number(read(BigInt(value)));
      return Number.isSafeInteger(number) ? number : null;
    };
  };
}

function microsOf({ TimeUnit }: ArrowModule, { unit }: Timestamp): (value: bigint) => bigint {
  switch (unit) {
    case TimeUnit.SECOND:
      return (value) => value * 1_000_000n;
    case TimeUnit.MILLISECOND:
      return (value) => value * 1_000n;
    case TimeUnit.MICROSECOND:
      return (value) => value;
    case TimeUnit.NANOSECOND:
      return (value) => floorDivide(value, 1_000n);
  }
}

function floorDivide(value: bigint, by: bigint): bigint {
  const cut = value / by;
  return cut * by > value ? cut - 1n : cut;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}

/** The number that its digits say, rounded once: words of 32 bits, the lowest first, in two's complement. */
function decimal(value: unknown, { scale }: Decimal): number | null {
  if (!(value instanceof Uint32Array)) return null;
  const whole = BigInt.asIntN(
    value.length * 32,
    value.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n),
  );
  return finite(Number(`${String(whole)}e${String(-scale)}`));
}
