import type { Micros } from "../../core/index.ts";

/** An event as a log has it. */
export interface LogEvent {
  /** Its place in its partition: larger than those before it. */
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** When the log says that it came, microseconds. */
  readonly arrivedAt: Micros;
}
