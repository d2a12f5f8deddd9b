import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cachedObject, type CachedObject } from "../../../src/featurestore/s3/cached-object.ts";
import { CacheSession } from "../../../src/featurestore/s3/cache-session.ts";

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "tondo-cache-"));
});
afterEach(() => rm(cache, { recursive: true }));

function objectOf(key: string, etag = '"e-1"'): CachedObject {
  return cachedObject(cache, { bucket: "lake", key, etag, bytes: 10 });
}

/** Copies objects, as used so many minutes ago. */
async function copied(...keys: readonly string[]): Promise<void> {
  await using session = disposable(await CacheSession.open(cache));
  for (const one of await session.hold(
    keys.map((key) => objectOf(key)),
    1_000,
  ))
    await session.keep(one, (path) => writeFile(path, "0123456789"));
  for (const [i, key] of keys.entries()) {
    const at = new Date(Date.now() - 60_000 * (keys.length - i));
    await utimes(objectOf(key).folder, at, at);
  }
}

function disposable(session: CacheSession): CacheSession & AsyncDisposable {
  return Object.assign(session, { [Symbol.asyncDispose]: () => session.close() });
}

function there(...keys: readonly string[]): readonly string[] {
  return keys.filter((key) => existsSync(objectOf(key).copy));
}

describe("a cache of objects", () => {
  it("gives each version of each object a place, whatever its key is", () => {
    const places = new Set(
      [
        objectOf("a/x"),
        objectOf("b/x"),
        objectOf("a/x", '"e-2"'),
        objectOf("../../etc/x"),
        objectOf("a/.."),
        objectOf("a/.x"),
      ].map(({ copy }) => copy),
    );
    expect(places.size).toBe(6);
    for (const copy of places)
      expect(copy).toMatch(/^[^*?[\]{}]*\/lake\/[0-9a-f]{32}\/e-\d-10\/[A-Za-z0-9_][A-Za-z0-9._-]*$/);
    expect(objectOf("logs/a b.csv.gz").copy).toMatch(/a_b\.csv\.gz$/);
    expect(objectOf(`${"é".repeat(300)}.parquet`).copy).toMatch(/\/_{92}\.parquet$/);
  });

  it("removes what was used longest ago, until what comes fits", async () => {
    await copied("a", "b", "c", "d");
    await using session = disposable(await CacheSession.open(cache));
    // Used now, though it is the oldest.
    expect(await session.hold([objectOf("a")], 1)).toEqual([]);
    expect(there("a", "b", "c", "d")).toEqual(["a", "b", "c", "d"]);
    expect(await session.hold([objectOf("a"), objectOf("new")], 30)).toEqual([objectOf("new")]);
    expect(there("a", "b", "c", "d")).toEqual(["a", "d"]);
  });

  it("removes nothing that a living session holds, and what only a killed one held", async () => {
    await copied("a", "b", "c");
    const killed = join(cache, ".sessions", "killed");
    await mkdir(killed, { recursive: true });
    await writeFile(join(killed, "held"), `${objectOf("a").entry}\n`);
    await writeFile(join(killed, "half"), "01234");
    await using other = disposable(await CacheSession.open(cache));
    await other.hold([objectOf("b")], 1_000);
    await using session = disposable(await CacheSession.open(cache));
    await session.hold([objectOf("new")], 10);
    expect(there("a", "b", "c")).toEqual(["b"]);
    expect(await readdir(join(cache, ".sessions"))).toHaveLength(2);
  });

  it("copies again what was cut short", async () => {
    await copied("a");
    await writeFile(objectOf("a").copy, "01234");
    await using session = disposable(await CacheSession.open(cache));
    expect(await session.hold([objectOf("a")], 1_000)).toEqual([objectOf("a")]);
    await session.keep(objectOf("a"), (path) => writeFile(path, "9876543210"));
    expect(await session.hold([objectOf("a")], 1_000)).toEqual([]);
  });

  it("keeps the first of two copies that are made at once", async () => {
    await using one = disposable(await CacheSession.open(cache));
    await using two = disposable(await CacheSession.open(cache));
    const object = objectOf("a");
    for (const session of [one, two]) expect(await session.hold([object], 1_000)).toEqual([object]);
    await one.keep(object, (path) => writeFile(path, "of the one"));
    await two.keep(object, (path) => writeFile(path, "of two...."));
    expect(await one.hold([object], 1_000)).toEqual([]);
    expect(await readdir(object.folder)).toEqual(["a"]);
  });
});
