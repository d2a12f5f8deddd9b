import { mkdirSync } from "node:fs";
import { appendFile, type FileHandle, mkdir, open, readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { formatMicros, lockFile, type Micros, syncFolder, toMicros, TondoError } from "../../../core/index.ts";
import type { DeadLetter } from "../dead-letter.ts";
import type { BuriedLetter, EventLog, EventReader, Extent, Reading } from "../event-log.ts";
import { defaultFolderLimits, type FolderLimits } from "./folder-limits.ts";
import { FolderReading } from "./folder-reading.ts";

/** How events are read from a folder. */
export interface FolderEventsOptions {
  /** The folder, with one folder a topic. */
  readonly folder: string;
  readonly limits?: Partial<FolderLimits>;
}

/** How many dead letters are given at once. */
const lettersAtOnce = 1000;

/** A line of the file of dead letters. */
interface LetterLine {
  readonly source: string;
  readonly topic: string;
  readonly partition: string;
  readonly offset: number;
  readonly arrivedAt: string;
  readonly code: string;
  readonly reason: string;
  /** In base64: it may be no text. */
  readonly value: string | null;
}

/** The ending of files with an event a line. */
const ending = ".ndjson";

/**
 * Events in files: `FOLDER/TOPIC/NAME.ndjson`, an event a line, to which lines are appended. Each file is a partition of its topic, and the offset of an event is the byte at which its line begins. Several
 * processes that read in one group deal the files out by locks, which none leaves behind.
 */
export class FolderEventLog implements EventLog {
  readonly kind: string = "folder";
  readonly #folder: string;
  readonly #limits: FolderLimits;

  constructor(options: FolderEventsOptions) {
    this.#folder = resolve(options.folder);
    this.#limits = { ...defaultFolderLimits, ...options.limits };
  }

  async read(topic: string, group: string, reader: EventReader): Promise<Reading> {
    const folder = this.#topicFolder(topic);
    await this.#files(topic);
    const locks = join(this.#folder, ".tondo", encodeURIComponent(group), topic);
    mkdirSync(locks, { recursive: true });
    return FolderReading.start({
      ...{ folder, topic, reader, limits: this.#limits },
      files: () => this.#files(topic),
      lock: (file) => lockFile(join(locks, `${file}.lock`)),
    });
  }

  async extents(topic: string): Promise<ReadonlyMap<string, Extent>> {
    const files = await this.#files(topic);
    const sizes = await Promise.all(files.map((file) => stat(join(this.#topicFolder(topic), file))));
    return new Map(files.map((file, i) => [file, { first: 0, end: sizes[i]?.size ?? 0 }]));
  }

  /** A line says no time of its own: what is in a file that was not written since then came before, and else all of it is given. */
  async offsetsAt(topic: string, moment: Micros): Promise<ReadonlyMap<string, number>> {
    const files = await this.#files(topic);
    const found = await Promise.all(files.map((file) => stat(join(this.#topicFolder(topic), file))));
    return new Map(
      files.map((file, i) => [file, (found[i]?.mtimeMs ?? 0) * 1000 < moment ? (found[i]?.size ?? 0) : 0]),
    );
  }

  async bury(topic: string, letters: readonly DeadLetter[]): Promise<void> {
    const folder = this.#topicFolder(`${topic}.dead-letters`);
    const lines = letters.map(({ source, partition, event, code, reason }) => {
      const { offset, arrivedAt, value } = event;
      const text = value === null ? null : Buffer.from(value).toString("base64");
      const own: LetterLine = {
        source,
        topic,
        partition,
        offset,
        arrivedAt: formatMicros(arrivedAt),
        code,
        reason,
        value: text,
      };
      return `${JSON.stringify(own)}\n`;
    });
    try {
      await mkdir(folder, { recursive: true });
      const path = join(folder, `letters${ending}`);
      // Behind what a process may have left that was killed over it.
      await appendFile(path, `\n${lines.join("")}`);
      const file = await open(path, "r+");
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await syncFolder(folder);
    } catch (cause) {
      throw new TondoError("IO_FAILED", `the dead letters of ${topic} cannot be kept`, { where: folder, cause });
    }
  }

  async *letters(topic: string): AsyncGenerator<readonly BuriedLetter[]> {
    const path = join(this.#topicFolder(`${topic}.dead-letters`), `letters${ending}`);
    let some: BuriedLetter[] = [];
    let file: FileHandle;
    try {
      file = await open(path);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return;
      throw new TondoError("IO_FAILED", `the dead letters of ${topic} cannot be read`, { where: path, cause });
    }
    await using _file = file;
    for await (const line of file.readLines()) {
      const letter = letterOf(line);
      if (letter === undefined) continue;
      const { source, partition, offset, arrivedAt, code, reason, value } = letter;
      const bytes = value === null ? null : Buffer.from(value, "base64");
      const event = { offset, key: null, value: bytes, arrivedAt: toMicros(arrivedAt) };
      some.push({ source, partition, event, code, reason, hasValue: true });
      if (some.length < lettersAtOnce) continue;
      yield some;
      some = [];
    }
    if (some.length > 0) yield some;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #topicFolder(topic: string): string {
    return join(this.#folder, topic);
  }

  /** The files of a topic, by name. */
  async #files(topic: string): Promise<readonly string[]> {
    const folder = this.#topicFolder(topic);
    try {
      return (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ENOENT")
        throw new TondoError("IO_FAILED", `the events of ${topic} cannot be read`, { where: folder, cause });
      throw new TondoError("TOPIC_MISSING", `there is no folder of the topic ${topic}`, {
        where: folder,
        hint: `Make it, and put files with an event a line into it: ${topic}/NAME${ending}.`,
        cause,
      });
    }
  }
}

/** A line's letter; `undefined` of one that was cut off: whoever wrote it did not pass its event. */
function letterOf(line: string): LetterLine | undefined {
  try {
    return line === "" ? undefined : (JSON.parse(line) as LetterLine);
  } catch {
    return undefined;
  }
}
