import { arch, availableParallelism, cpus, hostname, platform, totalmem } from "node:os";
import type { Figure } from "./suite.ts";

/** Where and when figures were taken: without it they say little. */
export function describeMachine(now: Date = new Date()): string {
  const model = cpus()[0]?.model.trim() || "unknown processor";
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const machine = `${String(availableParallelism())} x ${model}, ${memory}, ${platform()} ${arch()}`;
  return `${hostname()}: ${machine}, Node ${process.versions.node}, ${now.toISOString().slice(0, 16)}Z`;
}

/** One object a line, members always in the same order. */
export function jsonLine(figure: Figure): string {
  const { suite, case: name, ours, baseline, against, unit, ratio, also } = figure;
  return JSON.stringify({ suite, case: name, ours, baseline, against, unit, ratio, also });
}

/** Figures as an aligned table, ratios with what they mean. */
export function table(figures: readonly Figure[]): string {
  const rows = [
    ["suite", "case", "ours", "baseline", "unit", "ratio", "against"],
    ...figures.map((figure) => [
      figure.suite,
      figure.case,
      significant(figure.ours),
      significant(figure.baseline),
      figure.unit,
      `${figure.ratio.toFixed(2)}x`,
      `${figure.against}${behind(figure)}`,
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const right = new Set([2, 3, 5]);
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** What else was measured, in brackets. */
function behind({ also = {} }: Figure): string {
  const named = Object.entries(also).map(
    ([name, value]) => `${name} ${value >= 100 ? value.toFixed(0) : significant(value)}`,
  );
  return named.length === 0 ? "" : ` (${named.join(", ")})`;
}

/** Three significant digits without an exponent. */
function significant(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded >= 100 ? rounded.toFixed(0) : String(rounded);
}
