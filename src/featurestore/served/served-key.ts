import { createHmac } from "node:crypto";
import type { Value } from "../../core/index.ts";
import { quoteIdentifier, type VectorPlan } from "../../dsl/index.ts";
import { sqlText } from "../duckdb/index.ts";
import { asKind, type ErasedKey } from "../erase/erased-key.ts";
import { mostDays } from "./public-column.ts";
import type { ServedPii } from "./served-options.ts";
import type { ServedColumn } from "./served-schema.ts";

/** A column of a log with the value that it has in rows of a key, of the column's kind. */
interface HeldPart {
  readonly column: ServedColumn;
  readonly value: Value;
}

/**
 * The columns of a vector's log in which a key may stand, one list for each way: its roles, and the inputs that reads take their keys from as they are. Rows of which all of one
 * list agree are of the key. Where a key is computed, nothing that is logged says of whom it is. A log keeps the kinds and the names that the parts of a key had
 * when it was written: the key is looked for as the same of those, and not at all where it cannot be such a one.
 */
export function placesOfKey(
  { entity, values }: ErasedKey,
  vector: VectorPlan,
  columns: readonly ServedColumn[],
): readonly (readonly HeldPart[])[] {
  const named = (of: string): ServedColumn | undefined =>
    columns.find((column) => column.of === of && (column.role === "key" || column.role === "input"));
  const partsThen = vector.entities.find(({ name }) => name === entity.name)?.key ?? entity.key;
  const ofRoles = vector.roles
    .filter((role) => role.entity === entity.name)
    .map(({ role }) => partsThen.map(({ name }) => (partsThen.length === 1 ? role : `${role}_${name}`)));
  const ofReads = vector.reads
    .filter((read) => read.entity === entity.name)
    .map(({ key }) => key.map((part) => (part.node === "column" ? part.name : undefined)));
  const ways = new Map([...ofRoles, ...ofReads].map((names) => [JSON.stringify(names), names]));
  return [...ways.values()].flatMap((names) => {
    if (names.length !== values.length) return [];
    const parts = names.flatMap((name, i): readonly HeldPart[] => {
      const column = name === undefined ? undefined : named(name);
      if (column === undefined) return [];
      const value = asKind(values[i] ?? null, column.kind);
      return value === undefined || value === null ? [] : [{ column, value }];
    });
    return parts.length === values.length ? [parts] : [];
  });
}

/** A value as the log has it: of personal data, where the log hashes it, its hash. */
function shownAs({ column, value }: HeldPart, pii: ServedPii | undefined): Value {
  if (pii?.hashKey === undefined || !pii.columns.has(column.name) || typeof value !== "string") return value;
  return createHmac("sha256", pii.hashKey).update(value).digest("hex");
}

/** SQL over public files that holds for the rows of a key; `undefined` where no row can be one. */
export function keyCondition(places: readonly (readonly HeldPart[])[], pii: ServedPii | undefined): string | undefined {
  const same = (part: HeldPart): string =>
    `${quoteIdentifier(part.column.name)} is not distinct from ${literal(shownAs(part, pii), part.column)}`;
  const ways = places.filter((parts) => parts.every(isInFiles));
  if (ways.length === 0) return undefined;
  return ways.map((parts) => `(${parts.map(same).join(" and ")})`).join(" or ");
}

/** Whether public files can hold a value: a date that DuckDB has not stands in them as NULL. */
function isInFiles({ column, value }: HeldPart): boolean {
  return column.kind !== "date" || Math.abs(Number(value)) <= mostDays;
}

/** What a column of its kind is held against: see {@link asKind}. */
function literal(value: Value, { kind }: ServedColumn): string {
  if (kind === "string") return sqlText(String(value));
  if (kind === "bool") return value === true ? "true" : "false";
  if (kind === "timestamp") return `make_timestamp(${String(value)}::bigint)`;
  return kind === "date" ? `(date '1970-01-01' + (${String(value)})::int)` : `${String(value)}::bigint`;
}

/** Whether a row of a journal is of a key. */
export function isOfKey(
  places: readonly (readonly HeldPart[])[],
  pii: ServedPii | undefined,
  row: readonly Value[],
  columns: readonly ServedColumn[],
): boolean {
  return places.some((parts) =>
    parts.every((part) => {
      const held = row[columns.findIndex(({ name }) => name === part.column.name)] ?? null;
      return held !== null && String(held) === String(shownAs(part, pii));
    }),
  );
}
