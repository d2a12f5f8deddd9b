import { type Progress, silentProgress, TondoError } from "../../core/index.ts";
import type { HeldFiles, HoldOptions, RemoteFile, RemoteFiles } from "../offline/files/remote-files.ts";
import { maxFiles } from "../offline/files/source-files.ts";
import { cachedObject, type CachedObject } from "./cached-object.ts";
import { CacheSession } from "./cache-session.ts";
import { fetchObject } from "./fetch-object.ts";
import { isS3Path } from "./s3-address.ts";
import { listObjects } from "./list-objects.ts";
import { limitsOf, type S3Limits, type S3Options } from "./s3-options.ts";
import { S3Requests } from "./s3-requests.ts";

/**
 * Paths of S3 as files: objects are listed, copied in ranges into a cache, and read from there. A copy belongs to one version of an object (its
 * ETag and size), so that the same is not fetched again and another one never read in its place. Nothing is connected until a path is asked for.
 *
 * @example `makeTrainingSet({ ..., remote: s3Files({ cacheFolder: ".tondo/cache/s3", region: "eu-west-1" }) })`
 * @throws TondoError `INVALID_ARGUMENT` where a limit is no positive whole number
 */
export function s3Files(options: S3Options & { readonly cacheFolder: string }): RemoteFiles {
  limitsOf(options);
  return { owns: isS3Path, hold: (work) => new HeldObjects(options, work) };
}

class HeldObjects implements HeldFiles {
  readonly #options: S3Options & { readonly cacheFolder: string };
  readonly #limits: S3Limits;
  readonly #requests: S3Requests;
  readonly #progress: Progress;
  readonly #found: Map<string, Promise<readonly CachedObject[]>> = new Map<string, Promise<readonly CachedObject[]>>();
  readonly #names: Map<string, string> = new Map<string, string>();
  readonly #held: Map<string, CachedObject> = new Map<string, CachedObject>();
  #session: Promise<CacheSession> | undefined;
  /** Paths are copied one after another: the limit is of all together. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    options: S3Options & { readonly cacheFolder: string },
    { signal, progress = silentProgress }: HoldOptions,
  ) {
    this.#options = options;
    this.#limits = limitsOf(options);
    this.#requests = new S3Requests(options, signal);
    this.#progress = progress;
  }

  async files(path: string, what: string, reads: "all" | "first"): Promise<readonly RemoteFile[]> {
    let found = this.#found.get(path);
    if (found === undefined) {
      found = this.#list(path, what);
      this.#found.set(path, found);
    }
    const all = await found;
    const objects = reads === "all" ? all : all.slice(0, 1);
    const turn = this.#turn.then(() => this.#copy(objects, path, what));
    this.#turn = turn.catch(() => undefined);
    await turn;
    return objects.map(({ name, copy }) => ({ name, copy }));
  }

  nameOf(copy: string): string | undefined {
    return this.#names.get(copy);
  }

  inNames(text: string): string {
    if (!text.includes(this.#options.cacheFolder)) return text;
    let named = text;
    for (const [copy, name] of this.#names) named = named.replaceAll(copy, name);
    return named;
  }

  async close(): Promise<void> {
    await this.#turn;
    const session = await this.#session?.catch(() => undefined);
    await session?.close();
    await this.#requests.close();
  }

  async #list(path: string, what: string): Promise<readonly CachedObject[]> {
    const objects = await listObjects(this.#requests, path, what, { maxFiles, maxListed: this.#limits.maxListed });
    return objects.map((object) => cachedObject(this.#options.cacheFolder, object));
  }

  async #copy(objects: readonly CachedObject[], path: string, what: string): Promise<void> {
    const fresh = objects.filter(({ entry }) => !this.#held.has(entry));
    if (fresh.length === 0) return;
    const { cacheLimit } = this.#limits;
    const bytes = [...this.#held.values(), ...fresh].reduce((sum, { object }) => sum + object.bytes, 0);
    if (bytes > cacheLimit) {
      throw new TondoError(
        "LIMIT_EXCEEDED",
        `${what}: with "${path}" ${String(bytes)} bytes of objects are read, and copies may take ${String(cacheLimit)}`,
        { where: path, hint: "Raise `s3.cacheLimit` (--s3-cache-limit), or read fewer objects." },
      );
    }
    const session = await (this.#session ??= CacheSession.open(this.#options.cacheFolder));
    const lacking = await session.hold(fresh, cacheLimit);
    await this.#fetch(session, lacking, path);
    for (const one of fresh) {
      this.#held.set(one.entry, one);
      this.#names.set(one.copy, one.name);
    }
  }

  async #fetch(session: CacheSession, lacking: readonly CachedObject[], path: string): Promise<void> {
    if (lacking.length === 0) return;
    const total = lacking.reduce((sum, { object }) => sum + object.bytes, 0);
    this.#progress.start(`fetching ${path}`, total);
    let done = 0;
    const onBytes = (bytes: number): void => {
      done += bytes;
      this.#progress.update(done);
    };
    const waiting = lacking.values();
    const stop = new AbortController();
    const fetchNext = async (): Promise<void> => {
      for (const one of waiting) {
        if (stop.signal.aborted) return;
        await session
          .keep(one, (file) => fetchObject(this.#requests, one.object, file, this.#limits, onBytes, stop))
          .catch((error: unknown) => {
            stop.abort(error);
          });
      }
    };
    await Promise.all(Array.from({ length: this.#limits.concurrency }, fetchNext));
    stop.signal.throwIfAborted();
    this.#progress.finish(
      `${String(lacking.length)} ${lacking.length === 1 ? "object" : "objects"}, ${String(total)} bytes`,
    );
  }
}
