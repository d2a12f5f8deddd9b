import { type FileHandle, open } from "node:fs/promises";
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
  #isSynced = true;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Makes a new one. */
  static async create(path: string): Promise<JournalFile> {
    const journal = new JournalFile(path, await open(path, "wx", 0o600));
    try {
      await journal.write(journalHead);
      await syncFolder(dirname(path));
      return journal;
    } catch (error) {
      await journal.#file.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Appends. Where that fails nothing is appended: the next write begins where this one did. */
  async write(bytes: Buffer): Promise<void> {
    this.#isSynced = false;
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, this.#bytes + written);
      written += bytesWritten;
    }
    this.#bytes += written;
  }

  async sync(): Promise<void> {
    if (this.#isSynced) return;
    this.#isSynced = true;
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#isSynced = false;
      throw error;
    }
  }

  /** What stands behind the last whole write, of one that failed, is cut off. */
  async end(): Promise<void> {
    try {
      await this.#file.truncate(this.#bytes);
      this.#isSynced = false;
      await this.sync();
    } finally {
      await this.#file.close();
    }
  }
}
