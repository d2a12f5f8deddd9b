import { stripVTControlCharacters } from "node:util";

/** A column's heading, and on which side its cells are aligned. */
export interface TableHeading {
  readonly name: string;
  readonly align?: "left" | "right";
}

/**
 * Rows under aligned headings, without lines between them; cells may hold colours.
 *
 * @example
 * ```text
 * MODEL  VERSIONS
 * eta           4
 * ```
 */
export function table(headings: readonly TableHeading[], rows: readonly (readonly string[])[]): string {
  const all = [headings.map(({ name }) => name), ...rows];
  const widths = headings.map((_, i) => all.reduce((most, row) => Math.max(most, width(row[i] ?? "")), 0));
  return all
    .map((row) =>
      headings
        .map(({ align = "left" }, i) => {
          const cell = row[i] ?? "";
          const pad = " ".repeat((widths[i] ?? 0) - width(cell));
          return align === "left" ? cell + pad : pad + cell;
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** `name  value` lines, the values aligned. */
export function pairs(rows: readonly (readonly [string, string])[], indent = ""): string {
  const widest = rows.reduce((most, [name]) => Math.max(most, width(name)), 0);
  return rows
    .map(([name, value]) => `${indent}${name}${" ".repeat(widest - width(name))}  ${value}`.trimEnd())
    .join("\n");
}

/** Columns that a text takes: code points, East Asian wide ones twice. */
function width(text: string): number {
  let columns = 0;
  for (const character of stripVTControlCharacters(text)) {
    columns +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(
        character,
      )
        ? 2
        : /\p{M}/u.test(character)
          ? 0
          : 1;
  }
  return columns;
}
