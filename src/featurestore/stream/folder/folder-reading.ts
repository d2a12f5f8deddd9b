import { setTimeout as sleep } from "node:timers/promises";
import type { EventReader, Reading } from "../event-log.ts";
import type { EventFiles } from "./event-files.ts";
import type { FolderLimits } from "./folder-limits.ts";

/** What the files of a topic are read by. */
export interface FolderReadingOptions {
  readonly reader: EventReader;
  readonly limits: FolderLimits;
  readonly files: () => Promise<readonly string[]>;
  /** Some events of a file: see `EventFiles`. */
  readonly read: (file: string, from: number) => ReturnType<EventFiles["read"]>;
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

/** Reads the files of a topic, and what comes in them, one after the other again and again. */
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

  /** Reads some events of a file; `false` where there were none. */
  async #readOnce(file: string): Promise<boolean> {
    const { reader } = this.#options;
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
    const read = await this.#options.read(file, from);
    if (read === undefined) return false;
    if (read === "gone") {
      // What was read of it is applied.
      this.#held.delete(file);
      held.lock[Symbol.dispose]();
      return false;
    }
    if (retakes !== held.retakes) return true;
    held.next = read.next;
    await reader.accept({ partition: file, from, ...read });
    return true;
  }
}
