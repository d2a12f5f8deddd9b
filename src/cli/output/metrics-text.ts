import { decimal } from "./format.ts";

const digits = 4;

/** Those that a table has room for, in this order. */
const main = ["rmse", "mae", "r2", "roc_auc", "log_loss"] as const;

/** The main metrics in one cell: `rmse 4.1  mae 3.2  r2 0.61`. */
export function metricsText(metrics: Readonly<Record<string, number | null>>): string {
  const shown = main.flatMap((name) =>
    Object.hasOwn(metrics, name) ? [`${name} ${decimal(metrics[name], digits)}`] : [],
  );
  return shown.length === 0 ? "-" : shown.join("  ");
}
