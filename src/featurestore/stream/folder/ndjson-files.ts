import { type FileHandle, open } from "node:fs/promises";
import { TondoError } from "../../../core/index.ts";
import type { LogEvent } from "../log-event.ts";
import { type EventFile, type EventFiles, ifThere, madeAnew, type ReadEvents } from "./event-files.ts";
import type { FolderLimits } from "./folder-limits.ts";

const newline = 10;

/** How much of the end of a file is looked at for the end of its last line, bytes. */
const tailBytes = 64 * 1024;

/** Files with an event a line, to which lines are appended. The offset of an event is the byte at which its line begins. */
export class NdjsonFiles implements EventFiles {
  readonly ending: string = ".ndjson";
  readonly #limits: FolderLimits;

  constructor(limits: FolderLimits) {
    this.#limits = limits;
  }

  /** The byte behind the last whole line. */
  async end(path: string): Promise<number> {
    const file = await ifThere(path, open(path));
    if (file === undefined) return 0;
    await using _file = file;
    const { size } = await file.stat();
    for (let end = size; end > 0; end -= Math.min(end, tailBytes)) {
      const bytes = Buffer.alloc(Math.min(end, tailBytes));
      await file.read(bytes, 0, bytes.length, end - bytes.length);
      const last = bytes.lastIndexOf(newline);
      if (last >= 0) return end - bytes.length + last + 1;
    }
    return 0;
  }

  async read(place: EventFile, from: number): Promise<ReadEvents | "gone" | undefined> {
    const file = await ifThere(place.path, open(place.path, "r"));
    if (file === undefined) return "gone";
    await using _file = file;
    const { size, mtimeMs } = await file.stat();
    if (size < from) throw shorter(place, from, size);
    return await this.#lines(place, file, from, size, Math.round(mtimeMs) * 1000);
  }

  /** The whole lines from a byte on, as many as are read at once and at least one; `undefined` where there is none. */
  async #lines(
    { topic }: EventFile,
    file: FileHandle,
    from: number,
    size: number,
    arrivedAt: number,
  ): Promise<ReadEvents | undefined> {
    const { bytesAtOnce, maxLineBytes } = this.#limits;
    for (let length = Math.min(bytesAtOnce, size - from); length > 0; length = Math.min(2 * length, size - from)) {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, from);
      const last = bytes.lastIndexOf(newline, bytesRead - 1);
      if (last >= 0)
        return { events: eventsOf(bytes.subarray(0, last + 1), from, arrivedAt), next: from + last + 1, end: size };
      // What is being appended has no end so far.
      if (bytesRead < length || from + length >= size) return undefined;
      if (length > maxLineBytes) throw tooLong(topic, from, maxLineBytes);
    }
    return undefined;
  }
}

/** The events of whole lines; empty ones are none. */
function eventsOf(bytes: Buffer, from: number, arrivedAt: number): readonly LogEvent[] {
  const events: LogEvent[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(newline, start);
    // What Windows ends a line with is no event either.
    if (end > start && !(end === start + 1 && bytes[start] === 13))
      events.push({ offset: from + start, key: null, value: bytes.subarray(start, end), arrivedAt });
    start = end + 1;
  }
  return events;
}

function shorter(place: EventFile, next: number, size: number): TondoError {
  const what = `was read up to byte ${String(next)}, and has ${String(size)} by now`;
  const hint = "Lines are appended to files, and files are never made anew: put other events into another file.";
  return madeAnew(place, what, hint, next, size);
}

function tooLong(topic: string, at: number, limit: number): TondoError {
  return new TondoError("LIMIT_EXCEEDED", `a line of ${topic} takes more than ${String(limit)} bytes`, {
    hint: "Raise the limit `maxLineBytes`, or mend the file.",
    details: { topic, offset: at },
  });
}
