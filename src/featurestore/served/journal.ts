import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { v7 } from "uuid";
import { lockFile, syncFile, TondoError } from "../../core/index.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { JournalFile } from "./journal-file.ts";
import { type JournalVector, sumRecords, vectorRecord } from "./journal-format.ts";
import { type JournalBatch, JournalQueue } from "./journal-queue.ts";
import { endings } from "./served-places.ts";
import { unpublishedIn } from "./unpublished.ts";
import type { ServedSettings } from "./served-options.ts";

/** What a journal tells of. */
export interface JournalListener {
  /** A journal is ended and can be sealed. */
  ended(path: string): void;
  /** What could not be done; what is lost by it is counted. */
  failed(error: TondoError): void;
}

/** How long the disk is left alone after it has refused a write. */
const retryMs = 500;

/** So much is not left waiting for its time. */
const promptBytes = 256 * 1024;

/**
 * The journal of one process: what is added is kept in memory, bounded, and written by and by, in order; one file after the other. Its lock says that the process
 * lives: without it, its files are anybody's to take up.
 */
export class Journal {
  readonly #folder: string;
  readonly #settings: ServedSettings;
  readonly #listener: JournalListener;
  readonly #id: string;
  readonly #queue: JournalQueue;
  readonly #vectors: JournalVector[] = [];
  #lock: Disposable | undefined;
  #file: JournalFile | undefined;
  /** The one before, while it is ended. */
  #endingFile: JournalFile | undefined;
  /** Files that were ended though the disk has them not for sure, by their paths. */
  readonly #unforced: Set<string> = new Set<string>();
  #files = 0;
  #written = 0;
  #lost = 0;
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #syncTimer: NodeJS.Timeout | undefined;
  #endTimer: NodeJS.Timeout | undefined;
  #isClosing = false;
  /** Rejected where the disk refuses, and made anew whenever it has answered. */
  #refusal: PromiseWithResolvers<never> = refusal();
  /** Whether it refused the last write. */
  #isRefused = false;
  /** While a refused write waits until it is tried again. */
  #pause: { readonly timer: NodeJS.Timeout; readonly end: () => void } | undefined;
  /** How many calls wait for the disk: the process must not end meanwhile. */
  #waiting = 0;

  private constructor(
    folder: string,
    { id, lock }: { readonly id: string; readonly lock: Disposable },
    settings: ServedSettings,
    listener: JournalListener,
  ) {
    this.#id = id;
    this.#lock = lock;
    this.#folder = folder;
    this.#settings = settings;
    this.#listener = listener;
    this.#queue = new JournalQueue(settings.queueRecords, settings.queueBytes);
  }

  /** @throws TondoError `IO_FAILED` where the folder cannot be written */
  static async open(folder: string, settings: ServedSettings, listener: JournalListener): Promise<Journal> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (;;) {
        const id = v7();
        const lock = lockFile(join(folder, `${id}${endings.lock}`));
        // Who looks for journals that nobody holds may have been quicker.
        if (lock !== undefined) return new Journal(folder, { id, lock }, settings, listener);
      }
    } catch (error) {
      throw failure(folder, error);
    }
  }

  /** Records that wait in memory, and their bytes. */
  get queued(): { readonly records: number; readonly bytes: number } {
    return { records: this.#queue.records, bytes: this.#queue.bytes };
  }

  /** Records that were written. */
  get written(): number {
    return this.#written;
  }

  /** Records that were given up at the end, since the disk took them not. */
  get lost(): number {
    return this.#lost;
  }

  /** Declares a vector, and gives its number. */
  declare(vector: JournalVector): number {
    return this.#vectors.push(vector) - 1;
  }

  /** @returns false where there is no room */
  add(vector: number, write: (into: ByteWriter) => void): boolean {
    if (this.#isClosing || !this.#queue.add(vector, write)) return false;
    if (this.#flushing === undefined) this.#schedule();
    return true;
  }

  /** Until there may be room again; false where nothing is on its way, or the disk refuses: that may take any time. */
  async room(): Promise<boolean> {
    if (this.#isClosing || this.#isRefused || this.#queue.isEmpty) return false;
    this.#start();
    return this.#queue.room();
  }

  /**
   * Writes all that was added until now, to the disk for sure.
   * @throws TondoError `IO_FAILED` where the disk refuses; what waits goes on waiting
   */
  async flush(): Promise<void> {
    await this.#holding(async () => {
      await this.#answered();
      this.#start();
      await this.#answered();
      await this.#force();
    });
  }

  /**
   * Ends the file that is being written, so that it can be sealed; what was added until now is in it.
   * @throws TondoError `IO_FAILED`
   */
  async end(): Promise<void> {
    await this.#holding(async () => {
      await this.flush();
      // A batch that began meanwhile goes into this file too.
      while (this.#flushing !== undefined) await this.#answered();
      this.#flushing = this.#endFile().finally(() => {
        this.#flushing = undefined;
        if (!this.#queue.isEmpty) this.#schedule();
      });
      await this.#flushing;
      await this.#force();
    });
  }

  /**
   * Writes what waits, and lets go of the files. What the disk has refused is tried once more.
   * @throws TondoError `IO_FAILED` where some could not be written
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#pause?.end();
    try {
      await this.#flushing;
      this.#start();
      await this.#flushing;
      await this.#file?.end();
      this.#file = undefined;
      await this.#force();
    } catch (error) {
      throw failure(this.#folder, error);
    } finally {
      for (const timer of [this.#timer, this.#syncTimer, this.#endTimer]) clearTimeout(timer);
      this.#file = undefined;
      this.#lock?.[Symbol.dispose]();
      this.#lock = undefined;
    }
    if (this.#lost > 0) {
      const answers = this.#lost === 1 ? "1 answer" : `${String(this.#lost)} answers`;
      throw new TondoError("IO_FAILED", `${answers} could not be logged`, {
        where: this.#folder,
        hint: "Make room on the disk, or give a home that can be written.",
      });
    }
  }

  #schedule(): void {
    if (this.#queue.bytes >= promptBytes) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#start();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#start();
    }, this.#settings.flushMs);
  }

  #start(): void {
    if (this.#flushing !== undefined) return;
    const batch = this.#queue.take();
    if (batch === undefined) return;
    this.#flushing = this.#write(batch).finally(() => {
      this.#flushing = undefined;
      if (!this.#queue.isEmpty) this.#schedule();
    });
  }

  /** Until what is on its way is written. @throws TondoError where the disk refuses it */
  async #answered(): Promise<void> {
    await Promise.race([this.#flushing, this.#refusal.promise]);
  }

  /** Holds the process while some work waits for the disk. */
  async #holding(work: () => Promise<void>): Promise<void> {
    this.#waiting++;
    this.#pause?.timer.ref();
    try {
      await work();
    } finally {
      if (--this.#waiting === 0) this.#pause?.timer.unref();
    }
  }

  /** Leaves the disk alone for a while: shorter where the journal is closed. */
  async #untilRetry(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const end = (): void => {
      resolve(undefined);
    };
    const timer = setTimeout(end, retryMs);
    if (this.#waiting === 0) timer.unref();
    this.#pause = { timer, end };
    await promise;
    clearTimeout(timer);
    this.#pause = undefined;
  }

  /** A disk that refuses is tried again and again, while what comes is still taken as long as there is room. */
  async #write(batch: JournalBatch): Promise<void> {
    sumRecords(batch.bytes);
    for (;;) {
      try {
        await this.#append(batch);
        this.#written += batch.records;
        this.#isRefused = false;
        this.#refusal = refusal();
        break;
      } catch (error) {
        this.#refused(failure(this.#file?.path ?? this.#folder, error));
        if (this.#isClosing) {
          this.#lost += batch.records;
          break;
        }
        await this.#untilRetry();
      }
    }
    this.#queue.done();
    if (this.#settings.syncMs === 0) await this.#forceOrTell();
    else this.#forceLater();
    if ((this.#file?.bytes ?? 0) >= this.#settings.sealBytes) await this.#endFile();
  }

  #refused(error: TondoError): void {
    this.#isRefused = true;
    this.#listener.failed(error);
    this.#queue.refused();
    this.#refusal.reject(error);
    this.#refusal = refusal();
  }

  async #append(batch: JournalBatch): Promise<void> {
    const file = (this.#file ??= await this.#create());
    const missing = [...batch.vectors].filter((number) => !file.vectors.has(number));
    const declared = missing.flatMap((number) => {
      const vector = this.#vectors[number];
      return vector === undefined ? [] : [vectorRecord(number, vector)];
    });
    await file.write(declared.length === 0 ? batch.bytes : Buffer.concat([...declared, batch.bytes]));
    for (const number of missing) file.vectors.add(number);
  }

  async #create(): Promise<JournalFile> {
    const { bytes } = await unpublishedIn(this.#folder);
    if (bytes >= this.#settings.unpublishedBytes) throw behind(bytes, this.#folder);
    const name = `${this.#id}-${String(++this.#files).padStart(6, "0")}${endings.journal}`;
    const file = await JournalFile.create(join(this.#folder, name));
    this.#endLater(file);
    return file;
  }

  /** Ends a file once it has its age. Where the disk refuses then, it has its age again. */
  #endLater(file: JournalFile): void {
    clearTimeout(this.#endTimer);
    this.#endTimer = setTimeout(() => {
      this.end().catch((error: unknown) => {
        this.#listener.failed(failure(file.path, error));
        if (this.#file === file && !this.#isClosing) this.#endLater(file);
      });
    }, this.#settings.sealAfterMs).unref();
  }

  #forceLater(): void {
    const { syncMs } = this.#settings;
    if (syncMs === "never" || this.#isClosing) return;
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = undefined;
      void this.#forceOrTell().then((isForced) => {
        if (!isForced) this.#forceLater();
      });
    }, syncMs).unref();
  }

  async #forceOrTell(): Promise<boolean> {
    try {
      await this.#force();
      return true;
    } catch (error) {
      this.#listener.failed(failure(this.#folder, error));
      return false;
    }
  }

  /** Until the disk has for sure all that was written. @throws TondoError `IO_FAILED` */
  async #force(): Promise<void> {
    const written = [this.#endingFile, this.#file];
    for (const path of this.#unforced) {
      try {
        await syncFile(path);
      } catch (error) {
        throw failure(path, error);
      }
      if (this.#unforced.delete(path)) this.#listener.ended(path);
    }
    for (const file of written) {
      try {
        await file?.sync();
      } catch (error) {
        throw failure(file?.path ?? this.#folder, error);
      }
    }
  }

  async #endFile(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    this.#endingFile = file;
    clearTimeout(this.#endTimer);
    try {
      await file.end();
      this.#listener.ended(file.path);
    } catch (error) {
      // It stays as it is until it can be forced, or is taken up as that of a process that was killed would be.
      this.#unforced.add(file.path);
      this.#refused(failure(file.path, error));
    } finally {
      this.#endingFile = undefined;
    }
  }
}

function behind(bytes: number, folder: string): TondoError {
  return new TondoError("LIMIT_EXCEEDED", `${String(bytes)} bytes of served features wait to be compacted`, {
    where: folder,
    hint: "Run `tondo served compact` from time to time, or raise `served.unpublishedBytes`.",
    details: { limit: "unpublishedBytes" },
  });
}

function refusal(): PromiseWithResolvers<never> {
  const made = Promise.withResolvers<never>();
  // Who waits is told; often nobody does.
  made.promise.catch(() => undefined);
  return made;
}

function failure(where: string, error: unknown): TondoError {
  if (error instanceof TondoError) return error;
  return new TondoError("IO_FAILED", "the log of served features cannot be written", {
    where,
    hint: "Make room on the disk, or give a home that can be written.",
    cause: error,
  });
}
