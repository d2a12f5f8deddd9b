export type { DeadLetter } from "./dead-letter.ts";
export type { EventBatch, EventLog, EventReader, Extent, LogEvent, Reading } from "./event-log.ts";
export { FolderEventLog, type FolderEventsOptions, type FolderLimits } from "./folder/folder-event-log.ts";
export { type ReplayedTopic, replayDeadLetters, type ReplayOptions } from "./replay-dead-letters.ts";
export { type ResetOptions, type ResetPartition, resetStream } from "./reset-stream.ts";
export { type RunningStream, startStream, type StreamOptions } from "./start-stream.ts";
export { defaultStreamLimits, type StreamLimits } from "./stream-limits.ts";
export {
  type PartitionStatus,
  type StreamedGroup,
  type StreamPlaces,
  type StreamStatus,
  streamStatus,
} from "./stream-status.ts";
export type { PartitionMetrics, SourceMetrics, StreamMetrics } from "./stream-metrics.ts";
