import type { ColumnStats, ColumnSummary } from "./feature-statistics.ts";

/** A column's statistics without a value of it: how many there are and how many differ stays, and how far they drifted. */
export function hideValues(stats: ColumnStats): ColumnStats {
  const { against, drift } = stats;
  return {
    ...stats,
    ...withoutValues(stats),
    against: against === null ? null : withoutValues(against),
    drift: drift === null ? null : { ...drift, bins: [] },
  };
}

function withoutValues({ rows, present, presence, distinct }: ColumnSummary): ColumnSummary {
  return { rows, present, presence, distinct, numbers: null, top: [] };
}
