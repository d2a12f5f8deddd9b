import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { v7 } from "uuid";
import { lockFile, TondoError } from "../../core/index.ts";
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
  #files = 0;
  #written = 0;
  #lost = 0;
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #syncTimer: NodeJS.Timeout | undefined;
  #endTimer: NodeJS.Timeout | undefined;
  #isClosing = false;
  /** Rejected, and made anew, where the disk refuses. */
  #refusal: PromiseWithResolvers<never> = refusal();

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

  /** Until there may be room again; nothing to wait for where nothing is on its way. */
  async room(): Promise<boolean> {
    if (this.#isClosing || this.#queue.isEmpty) return false;
    this.#start();
    await this.#queue.room();
    return true;
  }

  /**
   * Writes all that was added until now, to the disk for sure.
   * @throws TondoError `IO_FAILED` where the disk refuses; what waits goes on waiting
   */
  async flush(): Promise<void> {
    const { promise } = this.#refusal;
    await Promise.race([this.#flushing, promise]);
    this.#start();
    await Promise.race([this.#flushing, promise]);
    await this.#syncNow();
  }

  /**
   * Ends the file that is being written, so that it can be sealed; what was added until now is in it.
   * @throws TondoError `IO_FAILED`
   */
  async end(): Promise<void> {
    await this.flush();
    // A batch that began meanwhile goes into this file too.
    while (this.#flushing !== undefined) await this.#flushing;
    this.#flushing = this.#endFile().finally(() => {
      this.#flushing = undefined;
      if (!this.#queue.isEmpty) this.#schedule();
    });
    await this.#flushing;
  }

  /**
   * Writes what waits, and lets go of the files.
   * @throws TondoError `IO_FAILED` where some could not be written
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const timer of [this.#timer, this.#syncTimer, this.#endTimer]) clearTimeout(timer);
    try {
      await this.#flushing;
      this.#start();
      await this.#flushing;
      await this.#file?.end();
    } catch (error) {
      throw failure(this.#folder, error);
    } finally {
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

  /** A disk that refuses is tried again and again, while what comes is still taken as long as there is room. */
  async #write(batch: JournalBatch): Promise<void> {
    sumRecords(batch.bytes);
    for (;;) {
      try {
        await this.#append(batch);
        this.#written += batch.records;
        break;
      } catch (error) {
        this.#refused(failure(this.#file?.path ?? this.#folder, error));
        if (this.#isClosing) {
          this.#lost += batch.records;
          break;
        }
        await delay(retryMs, undefined, { ref: false });
      }
    }
    this.#queue.done();
    await this.#sync();
    if ((this.#file?.bytes ?? 0) >= this.#settings.sealBytes) await this.#endFile();
  }

  #refused(error: TondoError): void {
    this.#listener.failed(error);
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
    const { bytes } = unpublishedIn(this.#folder);
    if (bytes >= this.#settings.unpublishedBytes) throw behind(bytes, this.#folder);
    const name = `${this.#id}-${String(++this.#files).padStart(6, "0")}${endings.journal}`;
    const file = await JournalFile.create(join(this.#folder, name));
    clearTimeout(this.#endTimer);
    this.#endTimer = setTimeout(() => {
      this.end().catch((error: unknown) => {
        this.#listener.failed(failure(file.path, error));
      });
    }, this.#settings.sealAfterMs).unref();
    return file;
  }

  async #sync(): Promise<void> {
    const { syncMs } = this.#settings;
    if (syncMs === "never") return;
    if (syncMs === 0) return this.#syncNow();
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = undefined;
      void this.#syncNow();
    }, syncMs).unref();
  }

  async #syncNow(): Promise<void> {
    const file = this.#file;
    try {
      await file?.sync();
    } catch (error) {
      this.#listener.failed(failure(file?.path ?? this.#folder, error));
    }
  }

  async #endFile(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    clearTimeout(this.#endTimer);
    try {
      await file.end();
      this.#listener.ended(file.path);
    } catch (error) {
      // It stays as it is, and is taken up as that of a process that was killed would be.
      this.#listener.failed(failure(file.path, error));
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
