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
  const { suite, case: name, ours, baseline, against, unit, ratio } = figure;
  return JSON.stringify({ suite, case: name, ours, baseline, against, unit, ratio });
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
      figure.against,
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

/** Three significant digits without an exponent. */
function significant(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded >= 100 ? rounded.toFixed(0) : String(rounded);
}
