import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TondoError } from "../../../core/index.ts";
import type { EventReader, Reading } from "../event-log.ts";
import type { LogEvent } from "../log-event.ts";
import type { FolderLimits } from "./folder-limits.ts";

/** What the files of a topic are read by. */
export interface FolderReadingOptions {
  readonly folder: string;
  readonly topic: string;
  readonly reader: EventReader;
  readonly limits: FolderLimits;
  readonly files: () => Promise<readonly string[]>;
  /** Takes a file, where no other process of the group has it. */
  readonly lock: (file: string) => Disposable | undefined;
}

/** A file that this process has. */
interface HeldFile {
  readonly lock: Disposable;
  /** From where it is read; `undefined` until it is taken anew. */
  next: number | undefined;
  /** How often it was to be taken anew: what was being read meanwhile does not count. */
  retakes: number;
}

const newline = 10;

/** Reads the files of a topic, and what is appended to them, one after the other again and again. */
export class FolderReading implements Reading {
  readonly #options: FolderReadingOptions;
  readonly #held: Map<string, HeldFile> = new Map<string, HeldFile>();
  readonly #failed: PromiseWithResolvers<never> = Promise.withResolvers<never>();
  readonly #stopping: AbortController = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(options: FolderReadingOptions) {
    this.#options = options;
    this.#failed.promise.catch(() => undefined);
  }

  static start(options: FolderReadingOptions): FolderReading {
    const reading = new FolderReading(options);
    reading.#running = reading.#run();
    return reading;
  }

  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  retake(partition: string): void {
    const held = this.#held.get(partition);
    if (held === undefined) return;
    held.next = undefined;
    held.retakes++;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    for (const { lock } of this.#held.values()) lock[Symbol.dispose]();
    this.#held.clear();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      while (!this.#isStopping()) {
        let isAnyRead = false;
        for (const file of await this.#options.files()) {
          if (this.#isStopping()) return;
          if (await this.#readOnce(file)) isAnyRead = true;
        }
        if (!isAnyRead) await sleep(this.#options.limits.pollMs, undefined, { signal }).catch(() => undefined);
      }
    } catch (error) {
      this.#failed.reject(error);
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Reads some lines of a file; `false` where there were none. */
  async #readOnce(file: string): Promise<boolean> {
    const { reader, folder } = this.#options;
    let held = this.#held.get(file);
    if (held === undefined) {
      const lock = this.#options.lock(file);
      if (lock === undefined) return false;
      held = { lock, next: undefined, retakes: 0 };
      this.#held.set(file, held);
    }
    const { retakes } = held;
    held.next ??= await reader.take(file);
    // It was to be taken anew while it was.
    if (retakes !== held.retakes) held.next = undefined;
    const from = held.next;
    if (this.#isStopping() || from === undefined) return false;
    const handle = await openFile(join(folder, file));
    if (handle === undefined) {
      // It was removed: what was read of it is applied.
      this.#held.delete(file);
      held.lock[Symbol.dispose]();
      return false;
    }
    try {
      const { size, mtimeMs } = await handle.stat();
      if (size < from) throw shorter(this.#options.topic, file, from, size);
      const read = await this.#lines(handle, from, size, Math.round(mtimeMs) * 1000);
      if (read === undefined || retakes !== held.retakes) return read !== undefined;
      held.next = read.next;
      await reader.accept({ partition: file, from, ...read, end: size });
      return true;
    } finally {
      await handle.close();
    }
  }

  /** The whole lines from a byte on, as many as are read at once and at least one; `undefined` where there is none. */
  async #lines(
    handle: FileHandle,
    from: number,
    size: number,
    arrivedAt: number,
  ): Promise<{ readonly events: readonly LogEvent[]; readonly next: number } | undefined> {
    const { bytesAtOnce, maxLineBytes } = this.#options.limits;
    for (let length = Math.min(bytesAtOnce, size - from); length > 0; length = Math.min(2 * length, size - from)) {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await handle.read(bytes, 0, length, from);
      const last = bytes.lastIndexOf(newline, bytesRead - 1);
      if (last >= 0) return { events: eventsOf(bytes.subarray(0, last + 1), from, arrivedAt), next: from + last + 1 };
      // What is being appended has no end so far.
      if (bytesRead < length || from + length >= size) return undefined;
      if (length > maxLineBytes) throw tooLong(this.#options.topic, from, maxLineBytes);
    }
    return undefined;
  }
}

/** `undefined` where there is no such file any more. */
async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new TondoError("IO_FAILED", `"${path}" cannot be read`, { where: path, cause });
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

function shorter(topic: string, file: string, next: number, size: number): TondoError {
  return new TondoError(
    "EVENTS_GONE",
    `${file} of ${topic} was read up to byte ${String(next)}, and has ${String(size)} by now`,
    {
      hint: "Lines are appended to files, and files are never made anew: put other events into another file, or run `tondo stream reset SOURCE --to earliest --new-topic`.",
      details: { topic, partition: file, next, end: size },
    },
  );
}

function tooLong(topic: string, at: number, limit: number): TondoError {
  return new TondoError("LIMIT_EXCEEDED", `a line of ${topic} takes more than ${String(limit)} bytes`, {
    hint: "Raise the limit `maxLineBytes`, or mend the file.",
    details: { topic, offset: at },
  });
}
