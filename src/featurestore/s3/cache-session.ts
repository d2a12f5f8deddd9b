import { randomUUID } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rename, rm, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { TondoError } from "../../core/index.ts";
import { type HomeLock, lockHome } from "../home-lock.ts";
import { type CachedObject, isCached } from "./cached-object.ts";
import { makeRoom, sessionsFolder } from "./cache-entries.ts";

/** How long to wait for another process that is making room in the same cache. */
const lockWaitMs = 30_000;

/** The file of a session that lists what it uses. */
const heldFile = "held";

/**
 * One piece of work's use of a cache of objects: what it holds, no process removes. Its folder in the cache is locked while it lives, so that
 * what a killed one leaves is known for that and cleared away by the next.
 */
export class CacheSession {
  readonly #cache: string;
  readonly #folder: string;
  readonly #lock: HomeLock;

  private constructor(cache: string, folder: string, lock: HomeLock) {
    this.#cache = cache;
    this.#folder = folder;
    this.#lock = lock;
  }

  /** @throws TondoError `IO_FAILED`, `HOME_BUSY` */
  static async open(cache: string): Promise<CacheSession> {
    const folder = join(cache, sessionsFolder, randomUUID());
    // What a bucket lets few people read, a copy of it shows to nobody else.
    await mkdir(cache, { recursive: true, mode: 0o700 });
    using _lock = await lockCache(cache);
    return new CacheSession(cache, folder, lockHome(folder, "read objects"));
  }

  /**
   * Holds objects from now on, and says which of them are still to be copied; others make room for those.
   *
   * @throws TondoError `IO_FAILED`, `HOME_BUSY`
   */
  async hold(objects: readonly CachedObject[], limit: number): Promise<readonly CachedObject[]> {
    using _lock = await lockCache(this.#cache);
    await appendFile(join(this.#folder, heldFile), objects.map(({ entry }) => `${entry}\n`).join(""));
    const lacking: CachedObject[] = [];
    const now = new Date();
    for (const one of objects) {
      if (await isCached(one)) await utimes(one.folder, now, now);
      else lacking.push(one);
    }
    if (lacking.length > 0) {
      const coming = lacking.reduce((sum, { object }) => sum + object.bytes, 0);
      await makeRoom(this.#cache, await this.#inUse(), { coming, limit });
    }
    return lacking;
  }

  /** Puts the copy of an object, which `write` makes, into its place. Another process may have been faster: its copy stays. */
  async keep(cached: CachedObject, write: (path: string) => Promise<void>): Promise<void> {
    const part = join(this.#folder, randomUUID());
    await mkdir(part);
    await write(join(part, cached.copy.slice(cached.folder.length + 1)));
    await mkdir(dirname(cached.folder), { recursive: true });
    for (;;) {
      try {
        await rename(part, cached.folder);
        return;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
        if (await isCached(cached)) return;
        // Cut short by whatever happened to the disk.
        await rm(cached.folder, { recursive: true, force: true });
      }
    }
  }

  /** @throws TondoError `IO_FAILED`, `HOME_BUSY` */
  async close(): Promise<void> {
    // Others look at sessions while they have the cache: none goes from under their eyes.
    using _lock = await lockCache(this.#cache).finally(() => {
      this.#lock.release();
    });
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** What living sessions hold. What dead ones left is cleared away. */
  async #inUse(): Promise<ReadonlySet<string>> {
    const held = new Set<string>();
    const sessions = join(this.#cache, sessionsFolder);
    for (const name of await readdir(sessions)) {
      const folder = join(sessions, name);
      if (folder !== this.#folder && isDead(folder)) {
        await rm(folder, { recursive: true, force: true });
        continue;
      }
      for (const entry of (await readHeld(folder)).split("\n")) held.add(entry);
    }
    return held;
  }
}

/** A session that holds nothing yet has no list. */
async function readHeld(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, heldFile), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function isDead(folder: string): boolean {
  try {
    lockHome(folder, "look at a session").release();
    return true;
  } catch (error) {
    if (error instanceof TondoError && error.code === "HOME_BUSY") return false;
    throw error;
  }
}

/** Who holds, and who makes room, does it alone. */
async function lockCache(cache: string): Promise<HomeLock> {
  const until = performance.now() + lockWaitMs;
  for (;;) {
    try {
      return lockHome(cache, "use the cache of objects");
    } catch (error) {
      const isBusy = error instanceof TondoError && error.code === "HOME_BUSY";
      if (!isBusy || performance.now() > until) throw error;
    }
    await pause(20);
  }
}
