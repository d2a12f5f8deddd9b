import { TondoError, toMicros, type ValueKind } from "../../../core/index.ts";
import { literalSql, quoteText } from "../../../dsl/index.ts";
import { type FilterValue, type Path, specificationError, type Written } from "../../specification/index.ts";

/** A column of the left rows that something is said of. */
export interface ChosenColumn {
  readonly name: string;
  readonly kind: ValueKind;
  /** SQL of its value in the language's domain. */
  readonly sql: string;
}

const day = 86_400_000_000;
const maxInt64 = 2n ** 63n - 1n;

const wanted: Readonly<Partial<Record<ValueKind, string>>> = {
  bool: "true or false",
  int: "a whole number",
  float: "a number",
  string: "a text",
  timestamp: 'a moment with its offset, such as "2001-06-20T12:00:00Z"',
  date: 'a date, such as "2001-06-20"',
  duration: "microseconds, a whole number",
};

/**
 * SQL of what a column is compared with, as a value of the column's kind.
 *
 * @throws TondoError `SPECIFICATION_INVALID` where it is no such value
 */
export function filterValueSql(value: FilterValue, column: ChosenColumn, path: Path, written?: Written): string {
  const { kind, name } = column;
  const taken = valueOf(value, kind);
  const sql =
    taken === undefined
      ? undefined
      : typeof taken === "string" && kind === "string"
        ? quoteText(taken)
        : literalSql(kind, taken);
  if (sql !== undefined) return sql;
  const form = wanted[kind];
  throw specificationError(
    [
      {
        path,
        message:
          form === undefined
            ? `compares the column "${name}", a ${kind}: only single values are compared`
            : `is ${shown(value)}, and the column "${name}" is of type ${kind}`,
        hint: form === undefined ? 'Ask with "isMissing" only, or make a column of what you need.' : `Write ${form}.`,
      },
    ],
    written,
  );
}

function valueOf(value: FilterValue, kind: ValueKind): boolean | number | string | undefined {
  switch (kind) {
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "string":
      return typeof value === "string" && value.isWellFormed() ? value : undefined;
    case "float":
      return floatOf(value);
    case "int":
    case "duration":
      return intOf(value)?.toString();
    case "timestamp":
      return momentOf(value);
    case "date": {
      const micros = momentOf(value);
      return micros !== undefined && micros % day === 0 ? micros / day : undefined;
    }
    default:
      return undefined;
  }
}

/** A bigint of a program, also where a manifest has made a text of it. */
function bigintOf(value: FilterValue): bigint | undefined {
  if (typeof value === "bigint") return value;
  return typeof value === "string" && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : undefined;
}

function floatOf(value: FilterValue): number | undefined {
  const given = typeof value === "number" ? value : bigintOf(value);
  const float = given === undefined ? Number.NaN : Number(given);
  return Number.isFinite(float) ? float + 0 : undefined;
}

/** JSON's numbers are exact up to 2^53; beyond that an int is written as a text. */
function intOf(value: FilterValue): bigint | undefined {
  const isInt =
    (typeof value === "number" && Number.isSafeInteger(value)) ||
    (typeof value === "string" && /^-?\d{1,19}$/.test(value));
  const int = isInt ? BigInt(value) : bigintOf(value);
  return int !== undefined && int <= maxInt64 && int >= -maxInt64 - 1n ? int : undefined;
}

function momentOf(value: FilterValue): number | undefined {
  if (typeof value === "number" || typeof value === "boolean") return undefined;
  try {
    return toMicros(bigintOf(value) ?? value);
  } catch (error) {
    if (error instanceof TondoError) return undefined;
    throw error;
  }
}

function shown(value: FilterValue): string {
  return typeof value === "string" ? JSON.stringify(value) : value instanceof Date ? "a Date" : String(value);
}
