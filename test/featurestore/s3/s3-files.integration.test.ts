import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type HeldFiles, type HoldOptions, s3Files, type S3Options } from "../../../src/featurestore/index.ts";
import { type RunningS3, startS3 } from "../../servers/seaweedfs.ts";
import { type Fate, type S3Proxy, startProxy } from "./s3-proxy.ts";

let server: RunningS3;
let proxy: S3Proxy;
let client: S3Client;
let cacheFolder: string;
const folders: string[] = [];

beforeAll(async () => {
  server = await startS3();
  proxy = await startProxy(server.endpoint);
  client = new S3Client({
    ...{ endpoint: server.endpoint, region: "us-east-1", forcePathStyle: true },
    credentials: server.writer,
  });
  for (const Bucket of ["open", "closed"]) await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  client.destroy();
  await proxy.stop();
  await server.stop();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), "tondo-cache-"));
  folders.push(cacheFolder);
  proxy.seen.length = 0;
  proxy.fate = () => "pass";
});

async function put(Key: string, Body: string | Uint8Array, Bucket = "open"): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: Buffer.byteLength(Body) }));
}

/** Does a piece of work with what S3 holds, as the reader. */
async function holding<T>(
  work: (held: HeldFiles) => Promise<T>,
  options: S3Options = {},
  hold: HoldOptions = {},
): Promise<T> {
  const { endpoint } = proxy;
  const held = s3Files({ endpoint, credentials: server.reader, cacheFolder, ...options }).hold(hold);
  try {
    return await work(held);
  } finally {
    await held.close();
  }
}

/** The names of a path's objects, with their texts. */
function textsOf(path: string, options: S3Options = {}): Promise<readonly (readonly [string, string])[]> {
  return holding(async (held) => {
    const files = await held.files(path, 'source "orders"', "all");
    return Promise.all(files.map(async ({ name, copy }) => [name, await readFile(copy, "utf8")] as const));
  }, options);
}

function gets(): number {
  return proxy.seen.filter(({ method }) => method === "GET").filter(({ path }) => !path.includes("list-type")).length;
}

/** All copies in the cache. */
async function copies(): Promise<readonly string[]> {
  const all = await readdir(cacheFolder, { recursive: true, withFileTypes: true });
  return all
    .filter((one) => one.isFile() && !one.name.startsWith("work.lock"))
    .map(({ name }) => name)
    .sort();
}

describe("paths of S3", () => {
  beforeAll(async () => {
    for (const key of ["p/b.csv", "p/a.csv", "p/a.parquet", "p/deep/c.csv", "p/ö x+[1].csv", "p/.d.csv", "px/e.csv"])
      await put(key, key);
    await put("p/ends/with/", "");
  });

  it("are one object, or those of a pattern, in the order of their keys", async () => {
    expect(await textsOf("s3://open/p/a.csv")).toEqual([["s3://open/p/a.csv", "p/a.csv"]]);
    const flat = ["p/a.csv", "p/b.csv", "p/ö x+[1].csv"].map((key) => [`s3://open/${key}`, key]);
    expect(await textsOf("s3://open/p/*.csv")).toEqual(flat);
    expect(await textsOf("s3://open/p/ö x+[1].csv")).toEqual([flat[2]]);
    expect((await textsOf("s3://open/p/**/*.csv")).map(([, key]) => key)).toEqual([
      ...["p/a.csv", "p/b.csv", "p/deep/c.csv", "p/ö x+[1].csv"],
    ]);
    expect((await textsOf("s3://open/p*/{c,e,a}.csv")).map(([, key]) => key)).toEqual(["p/a.csv", "px/e.csv"]);
    expect((await textsOf("s3://open/p/?.[cp]*")).map(([, key]) => key)).toEqual(["p/a.csv", "p/a.parquet", "p/b.csv"]);
  });

  it("are copied once, the first alone where no other is read, and stay the same while they are held", async () => {
    await holding(async (held) => {
      expect(await held.files("s3://open/p/*.csv", "rows", "first")).toHaveLength(1);
      expect(gets()).toBe(1);
      const [files] = await Promise.all([
        held.files("s3://open/p/*.csv", "rows", "all"),
        held.files("s3://open/p/*.csv", "rows", "all"),
      ]);
      expect(gets()).toBe(3);
      await put("p/a.csv", "other");
      expect(await held.files("s3://open/p/*.csv", "rows", "all")).toEqual(files);
      const [{ copy, name } = { copy: "", name: "" }] = files;
      expect(await readFile(copy, "utf8")).toBe("p/a.csv");
      expect(held.nameOf(copy)).toBe(name);
      expect(held.nameOf("/tmp/other")).toBeUndefined();
      expect(held.inNames(`in ${copy}: bad`)).toBe(`in ${name}: bad`);
    });
    expect(proxy.seen.filter(({ path }) => path.includes("list-type"))).toHaveLength(1);
    // Only the one that was written again is fetched again.
    expect((await textsOf("s3://open/p/*.csv"))[0]?.[1]).toBe("other");
    expect(gets()).toBe(4);
    await put("p/a.csv", "p/a.csv");
  });

  it("are looked for among so many objects at most", async () => {
    await expect(textsOf("s3://open/p/**", { maxListed: 3 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });

  it("that lead nowhere say so", async () => {
    await expect(textsOf("s3://open/p/none.csv")).rejects.toMatchObject({
      code: "SOURCE_MISSING",
      message: "reading s3://open/p/none.csv: there is no such object",
      where: "s3://open/p/none.csv",
    });
    await expect(textsOf("s3://open/p/none-*.csv")).rejects.toMatchObject({ code: "SOURCE_MISSING" });
    for (const path of ["s3://no-such-bucket/a.csv", "s3://no-such-bucket/*.csv"]) {
      await expect(textsOf(path, { credentials: server.writer })).rejects.toMatchObject({
        code: "SOURCE_MISSING",
        message: expect.stringContaining("there is no such bucket") as string,
      });
    }
    for (const path of ["s3://", "s3://open", "s3://open/", "s3:///a.csv", "s3://open/p/", "s3://user:secret@open/a"])
      await expect(textsOf(path)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await copies()).toEqual([]);
  });

  it("that are closed say so, and say no secret", async () => {
    await put("a.csv", "x", "closed");
    for (const path of ["s3://closed/a.csv", "s3://closed/*.csv"]) {
      await expect(textsOf(path)).rejects.toMatchObject({
        code: "STORAGE_DENIED",
        message: expect.stringContaining("access is denied") as string,
      });
    }
    const { secretAccessKey } = server.reader;
    for (const credentials of [
      { accessKeyId: "nobody-there", secretAccessKey },
      { ...server.reader, secretAccessKey: "wrong-secret" },
    ]) {
      const error: unknown = await textsOf("s3://open/p/*.csv", { credentials }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: "STORAGE_DENIED",
        message: expect.stringContaining("are refused") as string,
      });
      const said = `${JSON.stringify(error)} ${String((error as Error).cause)} ${JSON.stringify((error as Error).cause)}`;
      for (const secret of [credentials.accessKeyId, credentials.secretAccessKey, "AWS4-HMAC"])
        expect(said).not.toContain(secret);
    }
  });
});

describe("a large object", () => {
  const bytes = randomBytes(6_500_000);
  const partBytes = 1_000_000;
  beforeAll(() => put("large.bin", bytes));

  async function sha(): Promise<string> {
    return holding(
      async (held) => {
        const [file] = await held.files("s3://open/large.bin", "rows", "all");
        return createHash("sha256")
          .update(await readFile(file?.copy ?? ""))
          .digest("hex");
      },
      { partBytes, concurrency: 3, requestTimeoutMs: 10_000 },
    );
  }
  const whole = createHash("sha256").update(bytes).digest("hex");

  it("comes in ranges, whole", async () => {
    let most = 0;
    let now = 0;
    proxy.fate = async (): Promise<Fate> => {
      most = Math.max(most, ++now);
      await pause(20);
      now--;
      return "pass";
    };
    expect(await sha()).toBe(whole);
    expect(gets()).toBe(7);
    expect(
      proxy.seen
        .flatMap(({ range }) => range ?? [])
        .sort()
        .at(-1),
    ).toBe("bytes=6000000-6499999");
    expect(most).toBeLessThanOrEqual(3);
  });

  it("comes whole over a bad line: what is refused, or breaks off, is asked for again", async () => {
    let left = 2;
    const fates = [503, "cut", 500, "cut"] as const;
    proxy.fate = ({ range }) => (range === undefined && left-- > 0 ? 503 : (fates[gets() - 1] ?? "pass"));
    expect(await sha()).toBe(whole);
    expect(gets()).toBe(11);
  });

  it("that is replaced while it is read is refused, and no copy kept", async () => {
    let ranges = 0;
    proxy.fate = async ({ range }): Promise<Fate> => {
      if (range !== undefined && ++ranges === 4) await put("large.bin", randomBytes(6_500_000));
      return "pass";
    };
    await expect(sha()).rejects.toMatchObject({ code: "SOURCE_CHANGED", where: "s3://open/large.bin" });
    expect(gets()).toBeLessThan(8);
    expect(await copies()).toEqual([]);
    await put("large.bin", bytes);
  });

  it("is given up at a cancellation, and no copy kept", async () => {
    const abort = new AbortController();
    proxy.fate = ({ range }) => {
      if (range !== undefined)
        setTimeout(() => {
          abort.abort(new Error("enough"));
        }, 50);
      return range === undefined ? "pass" : "hang";
    };
    const started = performance.now();
    await expect(
      holding((held) => held.files("s3://open/large.bin", "rows", "all"), { partBytes }, { signal: abort.signal }),
    ).rejects.toMatchObject({ code: "ABORTED" });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(await copies()).toEqual([]);
  });

  it("tells how far it is", async () => {
    const told: unknown[] = [];
    const progress = {
      start: (...step: readonly unknown[]) => void told.push(step),
      update: (done: number) => void told.push(done),
      finish: (summary?: string) => void told.push(summary),
    };
    await holding((held) => held.files("s3://open/large.bin", "rows", "all"), { partBytes }, { progress });
    expect(told[0]).toEqual(["fetching s3://open/large.bin", 6_500_000]);
    expect(told.at(-2)).toBe(6_500_000);
    expect(told.at(-1)).toBe("1 object, 6500000 bytes");
  });
});

describe("several objects", () => {
  it("are not copied on after one of them has failed, and no copy kept", async () => {
    await put("pair/a", "a");
    await put("pair/b", randomBytes(100_000));
    proxy.fate = async ({ path, range }): Promise<Fate> => {
      await pause(5);
      return range !== undefined && path.includes("pair/a") ? 403 : "pass";
    };
    await expect(textsOf("s3://open/pair/*", { partBytes: 1_000, concurrency: 2 })).rejects.toMatchObject({
      code: "STORAGE_DENIED",
      where: "s3://open/pair/a",
    });
    expect(gets()).toBeLessThan(10);
    expect(await copies()).toEqual([]);
  });
});

describe("a server that cannot be reached", () => {
  it("is given up after some tries, each with its time", async () => {
    proxy.fate = () => "hang";
    const started = performance.now();
    await expect(textsOf("s3://open/p/a.csv", { attempts: 2, requestTimeoutMs: 200 })).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      message: "reading s3://open/p/a.csv: the server did not answer in time",
    });
    expect(proxy.seen).toHaveLength(2);
    expect(performance.now() - started).toBeLessThan(10_000);
    await expect(textsOf("s3://open/*", { endpoint: "http://127.0.0.1:9", attempts: 2 })).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      message: expect.stringContaining("ECONNREFUSED") as string,
    });
    proxy.fate = () => 503;
    await expect(textsOf("s3://open/p/*.csv", { attempts: 1 })).rejects.toMatchObject({
      message: expect.stringContaining("the server answers 503") as string,
    });
  });
});

describe("the cache", () => {
  const options = { cacheLimit: 2_500 };
  beforeAll(async () => {
    for (const name of ["a", "b", "c", "d"]) await put(`kilo/${name}`, name.repeat(1_000));
    await put("kilo/empty", "");
  });

  it("keeps what was used last, within its limit", async () => {
    for (const name of ["a", "b", "a", "c"]) await textsOf(`s3://open/kilo/${name}`, options);
    expect(await copies()).toEqual(["a", "c"]);
    expect(gets()).toBe(3);
    expect(await textsOf("s3://open/kilo/empty")).toEqual([["s3://open/kilo/empty", ""]]);
  });

  it("removes nothing that is in use, by this process or another", async () => {
    await holding(async (held) => {
      const [file] = await held.files("s3://open/kilo/a", "rows", "all");
      for (const name of ["b", "c", "d"]) await textsOf(`s3://open/kilo/${name}`, options);
      expect(existsSync(file?.copy ?? "")).toBe(true);
      expect(await copies()).toEqual(["a", "d", "held"]);
    }, options);
    await textsOf("s3://open/kilo/b", options);
    expect(await copies()).toEqual(["b", "d"]);
  });

  it("does not hold more than its limit for one piece of work", async () => {
    await expect(textsOf("s3://open/kilo/?", options)).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      hint: expect.stringContaining("cacheLimit") as string,
    });
    expect(gets()).toBe(0);
    await holding(async (held) => {
      for (const name of ["a", "b"]) await held.files(`s3://open/kilo/${name}`, "rows", "all");
      await expect(held.files("s3://open/kilo/c", "rows", "all")).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    }, options);
  });

  it("fetches again what was cut short, and is nobody else's to read", async () => {
    const cut = await holding(async (held) => (await held.files("s3://open/kilo/a", "rows", "all"))[0]?.copy ?? "");
    await truncate(cut, 10);
    expect((await textsOf("s3://open/kilo/a"))[0]?.[1]).toBe("a".repeat(1_000));
    expect(gets()).toBe(2);
    expect(await readdir(dirname(cut))).toEqual(["a"]);
    expect((await stat(cacheFolder)).mode & 0o077).toBe(0);
  });

  it("is shared by many at once", async () => {
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, i) => textsOf(`s3://open/kilo/${i % 2 === 0 ? "a" : "*"}`, { cacheLimit: 4_500 })),
    );
    for (const [i, texts] of all.entries()) expect(texts).toHaveLength(i % 2 === 0 ? 1 : 5);
    expect(await readdir(join(cacheFolder, ".sessions"))).toEqual([]);
  });
});
