import type { ValueKind } from "../../../core/index.ts";
import { kindOfDuckdbType } from "../../../dsl/index.ts";
import { fitsKind } from "./fits-kind.ts";
import { nothingType, type ParquetSchema, standsTwice } from "./parquet-columns.ts";

/**
 * Why a column cannot be read as what is wanted: it stands twice, is not there, is of a type that the language does not have, or of
 * this other kind.
 */
export type ColumnMisfit = "twice" | "gone" | "unreadable" | { readonly kind: ValueKind };

/** What keeps a file's column from being read as values of a kind; `undefined` where nothing does. */
export function misfitOf(
  { types, twice }: Pick<ParquetSchema, "types" | "twice">,
  name: string,
  wanted: ValueKind,
): ColumnMisfit | undefined {
  if (standsTwice(name, twice)) return "twice";
  if (!types.has(name)) return "gone";
  const type = types.get(name);
  if (type === nothingType) return undefined;
  const kind = type === undefined ? undefined : kindOfDuckdbType(type);
  if (kind === undefined) return "unreadable";
  return fitsKind(kind, wanted) ? undefined : { kind };
}
