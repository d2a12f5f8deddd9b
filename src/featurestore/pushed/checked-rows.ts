import { admit, nearestName, parseTypeName, TondoError, typeName, type ValueKind } from "../../core/index.ts";
import { type Raw, type SourcePlan, toRaw } from "../../dsl/index.ts";

/** The columns of a row that was given: those that are said. */
export type RowColumns = ReadonlyMap<string, Raw>;

/**
 * The columns of rows that a program gives, by the types that the definitions were applied with. No error shows a value.
 *
 * @param needed the columns that each row must say, be it that they are `null`
 * @throws TondoError `INPUT_INVALID` with the row and the column
 */
export function checkedRows(
  source: SourcePlan,
  rows: readonly unknown[],
  needed: ReadonlySet<string>,
): readonly RowColumns[] {
  const kinds = new Map(Object.entries(source.columns).map(([name, type]) => [name, parseTypeName(type).kind]));
  return rows.map((row, i) => checkedRow(source.name, row, i, kinds, needed));
}

function checkedRow(
  source: string,
  row: unknown,
  i: number,
  kinds: ReadonlyMap<string, ValueKind>,
  needed: ReadonlySet<string>,
): RowColumns {
  if (typeof row !== "object" || row === null || Array.isArray(row) || row instanceof Date)
    throw invalidRow(source, i, undefined, "is no object", "Give each row as an object, a member a column.");
  const columns = new Map<string, Raw>();
  for (const [name, value] of Object.entries(row)) {
    const kind = kinds.get(name);
    if (kind === undefined) {
      const nearest = nearestName(name, [...kinds.keys()]);
      const hint =
        nearest === undefined ? `Columns are ${[...kinds.keys()].join(", ")}.` : `Did you mean "${nearest}"?`;
      throw invalidRow(source, i, name, "is read by no feature", hint);
    }
    const admitted = admit(value, kind);
    const isLost = admitted === null && value !== null && value !== undefined;
    if (admitted === undefined || isLost || holdsNoNumber(value))
      throw invalidRow(source, i, name, `is no ${typeName({ kind, optional: false })}`, hintFor(kind));
    columns.set(name, toRaw(admitted, kind));
  }
  for (const name of needed) {
    if (Object.hasOwn(row, name)) continue;
    throw invalidRow(source, i, name, "is not given", "Give null where it is not known.");
  }
  return columns;
}

/** NaN and infinities, which the language does not have, would be missing without a word. */
function holdsNoNumber(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  if (!Array.isArray(value) && !(value instanceof Float64Array) && !(value instanceof Float32Array)) return false;
  for (const item of value as Iterable<unknown>) if (typeof item === "number" && !Number.isFinite(item)) return true;
  return false;
}

function hintFor(kind: ValueKind): string {
  if (kind === "timestamp") return "Give a Date, or microseconds since 1970 in UTC as a number.";
  if (kind === "int") return "Give a whole number, beyond 2^53 as a bigint.";
  return "Give a value of its type, or null: no value is NaN or infinite.";
}

/** What is wrong with a row, and not which value stands there. */
export function invalidRow(
  source: string,
  row: number,
  column: string | undefined,
  what: string,
  hint: string,
  code: "INPUT_INVALID" | "KEY_INVALID" = "INPUT_INVALID",
): TondoError {
  const place = column === undefined ? `row ${String(row)}` : `column "${column}" of row ${String(row)}`;
  return new TondoError(code, `${place} for the source "${source}" ${what}; nothing was pushed`, {
    hint,
    details: { source, row, ...(column === undefined ? {} : { column }) },
  });
}
