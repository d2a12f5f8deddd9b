/** A table of the page: what it is of, and its rows, the first of them its heads. */
export interface Table {
  readonly name: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table as Markdown, its columns as wide as their widest cell, as prettier has them. */
export function markdown({ heads, rows }: Table): string {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(heads), rule, ...rows.map(line)].join("\n");
}

/** Its rows as JSON, one a line, by their heads. */
export function jsonLines({ name, heads, rows }: Table): string {
  return rows
    .map((row) =>
      JSON.stringify({ table: name, ...Object.fromEntries(heads.map((head, i) => [head || "of", row[i] ?? ""])) }),
    )
    .join("\n");
}

/** A count as people read it, to so many digits that say something: `1,048`, `14.2`, `0.32`. */
export function shown(value: number, digits = 3): string {
  const rounded = Number(value.toPrecision(digits));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: Math.max(0, digits) });
}

/** A time in milliseconds as people read it. */
export function time(ms: number): string {
  if (ms < 1000) return `${shown(ms, 2)} ms`;
  return ms < 120_000 ? `${shown(ms / 1000, 2)} s` : `${shown(ms / 60_000, 2)} min`;
}

/** A share as people read it. */
export function percent(share: number): string {
  return `${share < 0.001 && share > 0 ? "under 0.1" : shown(100 * share, 2)} %`;
}
