export { avroFormats, type AvroTopic, type AvroTopics } from "./avro/index.ts";
export type { DeadLetter } from "./dead-letter.ts";
export type { EventBatch, EventLog, EventReader, Extent, Reading } from "./event-log.ts";
export type { EventColumns, EventDecoder, EventFormat } from "./event-format.ts";
export type { EventFormats } from "./event-formats.ts";
export type { LogEvent } from "./log-event.ts";
export { FolderEventLog, type FolderEventsOptions } from "./folder/folder-event-log.ts";
export type { FolderLimits } from "./folder/folder-limits.ts";
export { prometheusText } from "./prometheus-text.ts";
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
