import { type FileHandle, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "../../core/index.ts";
import { journalHead } from "./journal-format.ts";

/** A journal that is being written: an append-only file. What file systems say is thrown as it is. */
export class JournalFile {
  readonly path: string;
  readonly beganAt: number = performance.now();
  readonly #file: FileHandle;
  /** The vectors that it declares. */
  readonly vectors: Set<number> = new Set<number>();
  #bytes = 0;
  /** So many of them the disk has for sure. */
  #syncedBytes = 0;
  #syncing: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Makes a new one; where that fails none is left. */
  static async create(path: string): Promise<JournalFile> {
    const journal = new JournalFile(path, await open(path, "wx", 0o600));
    try {
      await journal.write(journalHead);
      await syncFolder(dirname(path));
      return journal;
    } catch (error) {
      await journal.#file.close();
      // It is tried again, by another name. One that cannot be removed says nothing, and is taken up like all others.
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Appends. Where that fails nothing is appended: the next write begins where this one did. */
  async write(bytes: Buffer): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, this.#bytes + written);
      written += bytesWritten;
    }
    this.#bytes += written;
  }

  /** Until the disk has for sure what was written before the call. What is being forced just now may have begun before that. */
  async sync(): Promise<void> {
    const bytes = this.#bytes;
    while (this.#syncedBytes < bytes) {
      this.#syncing ??= this.#force().finally(() => {
        this.#syncing = undefined;
      });
      await this.#syncing;
    }
  }

  /** What stands behind the last whole write, of one that failed, is cut off. */
  async end(): Promise<void> {
    try {
      await this.#file.truncate(this.#bytes);
      await this.#force();
    } finally {
      await this.#file.close();
    }
  }

  async #force(): Promise<void> {
    const bytes = this.#bytes;
    await this.#file.datasync();
    this.#syncedBytes = Math.max(this.#syncedBytes, bytes);
  }
}
