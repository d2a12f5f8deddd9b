import type { PartitionMetrics } from "./stream-metrics.ts";

/** What became of the events of a partition. */
export class PartCounts {
  read: number = 0;
  applied: number = 0;
  repeated: number = 0;
  dead: number = 0;
  waiting: number = 0;
  erased: number = 0;
  lag: number = 0;
  watermark: number = -Infinity;

  get counts(): Omit<PartitionMetrics, "source" | "topic" | "partition"> {
    const { read, applied, repeated, dead, waiting, erased, lag, watermark } = this;
    const known = Number.isFinite(watermark) ? { watermark } : {};
    return { read, applied, repeated, dead, waiting, erased, lag, ...known };
  }
}
