import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { appendFile, type FileHandle, mkdir, open, readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { lockFile, type Micros, syncFolder, TondoError } from "../../../core/index.ts";
import type { DeadLetter } from "../dead-letter.ts";
import type { BuriedLetter, EventLog, EventReader, Extent, Reading } from "../event-log.ts";
import { defaultFolderLimits, type FolderLimits } from "./folder-limits.ts";
import type { EventFiles } from "./event-files.ts";
import { FolderReading } from "./folder-reading.ts";
import { NdjsonFiles } from "./ndjson-files.ts";
import { ParquetFiles } from "./parquet-files.ts";

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
  /** Microseconds. */
  readonly arrivedAt: number;
  readonly code: string;
  readonly reason: string;
  /** In base64: it may be no text. */
  readonly value: string | null;
}

/**
 * Events in files: `FOLDER/TOPIC/NAME.ndjson`, to which lines are appended, and `FOLDER/TOPIC/NAME.parquet`. Each file is a partition of its topic. Several processes that read in one group deal the files
 * out by locks, which none leaves behind.
 */
export class FolderEventLog implements EventLog {
  readonly kind: string = "folder";
  readonly #folder: string;
  /** Another one each time: no two write into one file. */
  readonly #process: string = randomUUID();
  readonly #limits: FolderLimits;
  readonly #lines: NdjsonFiles;
  readonly #parquet: ParquetFiles;

  constructor(options: FolderEventsOptions) {
    this.#folder = resolve(options.folder);
    this.#limits = { ...defaultFolderLimits, ...options.limits };
    this.#lines = new NdjsonFiles(this.#limits);
    this.#parquet = new ParquetFiles(this.#limits);
  }

  async read(topic: string, group: string, reader: EventReader): Promise<Reading> {
    await this.#files(topic);
    const locks = join(this.#folder, ".tondo", encodeURIComponent(group), topic);
    mkdirSync(locks, { recursive: true });
    return FolderReading.start({
      ...{ reader, limits: this.#limits },
      files: () => this.#files(topic),
      read: (file, from) => this.#filesLike(file).read({ topic, file, path: this.#path(topic, file) }, from),
      lock: (file) => lockFile(join(locks, `${file}.lock`)),
    });
  }

  async extents(topic: string): Promise<ReadonlyMap<string, Extent>> {
    const files = await this.#files(topic);
    const ends = await Promise.all(files.map((file) => this.#end(topic, file)));
    return new Map(files.map((file, i) => [file, { first: 0, end: ends[i] ?? 0 }]));
  }

  /** No line or row says when it came: what is in a file that was not written since then came before, and else all of it is given. */
  async offsetsAt(topic: string, moment: Micros): Promise<ReadonlyMap<string, number>> {
    const files = await this.#files(topic);
    const found = await Promise.all(
      files.map(async (file): Promise<readonly [string, number]> => {
        const { mtimeMs } = await stat(this.#path(topic, file));
        return [file, mtimeMs * 1000 < moment ? await this.#end(topic, file) : 0];
      }),
    );
    return new Map(found);
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
        arrivedAt,
        code,
        reason,
        value: text,
      };
      return `${JSON.stringify(own)}\n`;
    });
    try {
      await mkdir(folder, { recursive: true });
      // Of this process alone, and behind what it may have left where it failed before.
      const path = join(folder, `letters-${this.#process}${this.#lines.ending}`);
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
    const own = `${topic}.dead-letters`;
    if (!existsSync(this.#topicFolder(own))) return;
    for (const name of await this.#files(own, [this.#lines])) yield* lettersOf(this.#path(own, name), topic);
  }

  close(): Promise<void> {
    return this.#parquet.close();
  }

  #topicFolder(topic: string): string {
    return join(this.#folder, topic);
  }

  #path(topic: string, file: string): string {
    return join(this.#topicFolder(topic), file);
  }

  #filesLike(file: string): EventFiles {
    return file.endsWith(this.#parquet.ending) ? this.#parquet : this.#lines;
  }

  #end(topic: string, file: string): Promise<number> {
    return this.#filesLike(file).end(this.#path(topic, file));
  }

  /** The files of a topic, by name; one that is written is hidden until it is whole, perhaps. */
  async #files(topic: string, like: readonly EventFiles[] = [this.#lines, this.#parquet]): Promise<readonly string[]> {
    const folder = this.#topicFolder(topic);
    try {
      const isOne = (name: string): boolean =>
        !name.startsWith(".") && like.some(({ ending }) => name.endsWith(ending));
      return (await readdir(folder)).filter(isOne).sort();
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ENOENT")
        throw new TondoError("IO_FAILED", `the events of ${topic} cannot be read`, { where: folder, cause });
      throw new TondoError("TOPIC_MISSING", `there is no folder of the topic ${topic}`, {
        where: folder,
        hint: `Make it, and put files into it: ${topic}/NAME${this.#lines.ending} with an event a line, or ${topic}/NAME${this.#parquet.ending}.`,
        cause,
      });
    }
  }
}

/** The dead letters of a file, some at once. */
async function* lettersOf(path: string, topic: string): AsyncGenerator<readonly BuriedLetter[]> {
  let some: BuriedLetter[] = [];
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (cause) {
    throw new TondoError("IO_FAILED", `the dead letters of ${topic} cannot be read`, { where: path, cause });
  }
  await using _file = file;
  for await (const line of file.readLines()) {
    const letter = letterOf(line);
    if (letter === undefined) continue;
    some.push(letter);
    if (some.length < lettersAtOnce) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

/** A line's letter; `undefined` of one that was cut off: whoever wrote it did not pass its event. */
function letterOf(line: string): BuriedLetter | undefined {
  let parsed: Partial<LetterLine> | null;
  try {
    parsed = line === "" ? null : (JSON.parse(line) as Partial<LetterLine> | null);
  } catch {
    return undefined;
  }
  const { source, partition, offset, arrivedAt, code, reason, value } = parsed ?? {};
  if (source === undefined || partition === undefined || offset === undefined || arrivedAt === undefined)
    return undefined;
  if (code === undefined || reason === undefined || value === undefined) return undefined;
  const bytes = value === null ? null : Buffer.from(value, "base64");
  return { source, partition, event: { offset, key: null, value: bytes, arrivedAt }, code, reason, hasValue: true };
}
