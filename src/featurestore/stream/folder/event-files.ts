import { TondoError } from "../../../core/index.ts";
import type { LogEvent } from "../log-event.ts";

/** A file of a topic: one of its partitions. */
export interface EventFile {
  readonly topic: string;
  /** Its name, which is the partition's. */
  readonly file: string;
  readonly path: string;
}

/** Some events of a file, one behind the other. */
export interface ReadEvents {
  readonly events: readonly LogEvent[];
  /** The offset behind them, and the one behind the last that the file has. */
  readonly next: number;
  readonly end: number;
}

/** How files with one ending hold events. */
export interface EventFiles {
  /** Such as `.ndjson`. */
  readonly ending: string;
  /** The offset behind the last event; 0 of a file that is not there. */
  end(path: string): Promise<number>;
  /**
   * Some events from an offset on, as many as are read at once and at least one; `undefined` where there are none so far, and `"gone"` where there is no such file any more.
   *
   * @throws TondoError `EVENTS_GONE` where it is not the file that was read before
   */
  read(place: EventFile, from: number): Promise<ReadEvents | "gone" | undefined>;
}

/** What stands where there is a file; `undefined` where there is none. @throws TondoError `IO_FAILED` */
export async function ifThere<T>(path: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new TondoError("IO_FAILED", `"${path}" cannot be read`, { where: path, cause });
  }
}

/** That a file is not the one that was read before. */
export function madeAnew(
  { topic, file }: EventFile,
  what: string,
  hint: string,
  next: number,
  end: number,
): TondoError {
  return new TondoError("EVENTS_GONE", `${file} of ${topic} ${what}`, {
    hint: `${hint} Or run \`tondo stream reset SOURCE --to earliest --new-topic\`.`,
    details: { topic, partition: file, next, end },
  });
}
