import type { LogEvent } from "./log-event.ts";

/** An event that could not be applied: what it was, where it stood, and why. */
export interface DeadLetter {
  readonly source: string;
  readonly partition: string;
  readonly event: LogEvent;
  /** An error's code. */
  readonly code: string;
  /** What was wrong, and not which value stood there. */
  readonly reason: string;
}
