export type {
  Association,
  ColumnStats,
  ColumnSummary,
  Drift,
  DriftBin,
  FeatureStats,
  Histogram,
  Measure,
  NumberStats,
  StatsPart,
  StatsSubject,
  TopValue,
} from "./feature-statistics.ts";
export { featureStats, type FeatureStatsOptions } from "./feature-stats.ts";
export { vectorStats, type VectorStatsOptions } from "./vector-stats.ts";
export type { StatsRows } from "./set-rows.ts";
export { requireCharts, statisticsPage } from "./page/statistics-page.ts";
