import { TondoError, toMicros } from "../../core/index.ts";
import type { ResetOptions } from "../../featurestore/index.ts";
import { usageError } from "../arguments/index.ts";

/**
 * From where `--to` says that a topic is read.
 *
 * @throws TondoError `USAGE`
 */
export function resetTarget(text: string): ResetOptions["to"] {
  if (text === "earliest" || text === "latest") return text;
  if (/^\d+$/.test(text)) return { offset: Number(text) };
  try {
    return { moment: BigInt(toMicros(text, "--to")) };
  } catch (error) {
    if (!(error instanceof TondoError)) throw error;
    throw usageError(
      `--to: "${text}" is neither earliest nor latest, an offset or a moment`,
      "A moment is ISO 8601 with its offset, such as 2024-03-01T12:00:00Z.",
    );
  }
}
