import { isScalar } from "../../../core/index.ts";
import { type Path, specificationError, type Written } from "../../specification/index.ts";
import type { ChosenColumn } from "./filter-value.ts";

/** The digits of a hash that make a lot: 52 bits, exact in a double. */
const digits = 13;
const lots = 2 ** 52;

/**
 * SQL of the hash by which rows are chosen, as `hashRule` says: 32 hexadecimal digits. It is of MD5, which every engine and language
 * has, so that each of them can say which rows are chosen.
 *
 * @throws TondoError `SPECIFICATION_INVALID` where a column is of floats, lists or embeddings
 */
export function hashSql(
  seed: number,
  columns: readonly { readonly column: ChosenColumn; readonly path: Path }[],
  written?: Written,
): string {
  const parts = columns.map(({ column: { name, kind, sql }, path }) => {
    if (isScalar(kind) && kind !== "float") return `chr(31) || coalesce((${sql})::varchar, chr(30))`;
    throw specificationError(
      [
        {
          path,
          message: `names the column "${name}", a ${kind}: rows are not told apart by it`,
          hint: "Name columns of keys: ints, texts, moments.",
        },
      ],
      written,
    );
  });
  return `md5(${[`'${String(seed)}'`, ...parts].join(" || ")})`;
}

/** SQL of whether a hash is among a share of all. */
export function withinShare(hash: string, fraction: number): string {
  const bound = Math.ceil(fraction * lots);
  if (bound >= lots) return "true";
  const least = bound.toString(16).padStart(digits, "0");
  // All begin with the same digits or are less: the shorter one of two that agree comes first.
  return `(${hash} < '${least}')`;
}

/** SQL of the lot of a hash: a text of its digits, which orders as the number does. */
export function lotSql(hash: string): string {
  return `left(${hash}, ${String(digits)})`;
}
