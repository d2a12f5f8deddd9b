import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JournalFile } from "../../../src/featurestore/served/journal-file.ts";
import { journalHead } from "../../../src/featurestore/served/journal-format.ts";
import { ServedLog, type ServedOptions } from "../../../src/featurestore/served/index.ts";
import { unpublishedIn } from "../../../src/featurestore/served/unpublished.ts";
import { forcing, fullDisk } from "./dying-disk.ts";
import { randomNumbers } from "../../dsl/random-numbers.ts";
import { wideAnswer, wideVector } from "./wide-vector.ts";

const start = Date.UTC(2026, 10, 22) * 1000;
const { served: answer } = wideAnswer(randomNumbers(3), start);
const never = { flushMs: 0, syncMs: "never" } as const;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tondo-disk-"));
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

const openLog = (options: Partial<ServedOptions> = {}): Promise<ServedLog> =>
  ServedLog.open(home, { rate: 1, ...options }, () => start);
const journals = async (): Promise<readonly string[]> =>
  (await readdir(join(home, "served-journal"))).filter((name) => name.endsWith(".journal"));
const refusing = (): Promise<never> => Promise.reject(Object.assign(new Error("EIO: i/o error"), { code: "EIO" }));

describe("what is forced to the disk", () => {
  it("is there for every caller only once the disk has said so, and what is written meanwhile is forced again", async () => {
    const forced: PromiseWithResolvers<undefined>[] = [];
    const answered = async (n: number): Promise<void> => {
      await expect.poll(() => forced.length).toBe(n);
      forced[n - 1]?.resolve(undefined);
    };
    let isSlow = false;
    await forcing(
      async (force) => {
        if (isSlow) {
          const gate = Promise.withResolvers<undefined>();
          forced.push(gate);
          await gate.promise;
        }
        return force();
      },
      async () => {
        const file = await JournalFile.create(join(home, "one.journal"));
        await file.write(Buffer.from("a"));
        isSlow = true;
        const over: string[] = [];
        const first = file.sync().then(() => over.push("first"));
        const second = file.sync().then(() => over.push("second"));
        await expect.poll(() => forced.length).toBe(1);
        await file.write(Buffer.from("b"));
        const third = file.sync().then(() => over.push("third"));
        await delay(20);
        expect(over).toEqual([]);
        await answered(1);
        await Promise.all([first, second]);
        await delay(20);
        // The byte that came while the disk was busy may not be there.
        expect(over).toEqual(["first", "second"]);
        await answered(2);
        await third;
        await file.sync();
        expect(forced).toHaveLength(2);
        isSlow = false;
        await file.end();
        expect(await readFile(file.path, "utf8")).toBe(`${journalHead.toString()}ab`);
      },
    );
  });

  it("is not said to be where the disk refuses; it is tried again by the next flush, of files that were ended too", async () => {
    let isRefusing = false;
    await forcing(
      (force) => (isRefusing ? refusing() : force()),
      async () => {
        const log = await openLog({ ...never, sealBytes: 2 ** 24 });
        const vector = log.vector(wideVector);
        await vector.add(answer);
        await log.flush();
        await vector.add(answer);
        isRefusing = true;
        const refused = { code: "IO_FAILED", cause: { code: "EIO" } };
        await expect(log.flush()).rejects.toMatchObject(refused);
        await expect(log.flush()).rejects.toMatchObject(refused);
        isRefusing = false;
        await log.flush();
        // Neither does it get lost with the file in which it stands.
        isRefusing = true;
        await expect(log.seal()).rejects.toMatchObject(refused);
        isRefusing = false;
        await log.flush();
        await log.seal();
        expect(log.stats()).toMatchObject({ sealed: 2 });
        isRefusing = true;
        await vector.add(answer);
        await expect(log.seal()).rejects.toMatchObject(refused);
        await expect(log.flush()).rejects.toMatchObject(refused);
        isRefusing = false;
        await log.seal();
        expect(log.stats()).toMatchObject({ written: 3, sealed: 3, dropped: 0 });
        await log.close();
        expect(await journals()).toEqual([]);
      },
    );
  });

  it("is forced in time although the disk has refused once", async () => {
    let refused = 0;
    let forced = 0;
    await forcing(
      (force) => (refused++ === 0 ? refusing() : (forced++, force())),
      async () => {
        await using log = await openLog({ flushMs: 0, syncMs: 20 });
        await log.vector(wideVector).add(answer);
        await expect.poll(() => forced, { timeout: 20_000 }).toBeGreaterThan(0);
      },
    );
  });
});

describe("a disk that is full", () => {
  it("is told to who flushes and who closes, and holds the process until then", async () => {
    const script = join(import.meta.dirname, "close-on-full-disk.ts");
    const { stdout } = await promisify(execFile)(execPath, [script, home]);
    expect(stdout.split("\n")).toEqual([
      "flush: the log of served features cannot be written",
      "close: 1 answer could not be logged",
      "over",
      "",
    ]);
    expect(await readdir(join(home, "served-journal"))).toEqual([]);
  });

  it("keeps no file for each time that it was tried, and no answer waiting for room", async () => {
    let isFull = true;
    await fullDisk(
      () => isFull,
      async () => {
        const log = await openLog({ flushMs: 0, queue: { records: 2 }, whenFull: "block" });
        const vector = log.vector(wideVector);
        const ids = await Promise.all([1, 2, 3, 4].map(async () => vector.add(answer)));
        expect(ids.map((id) => typeof id)).toEqual(["string", "string", "undefined", "undefined"]);
        expect(log.stats()).toMatchObject({ logged: 2, dropped: 2, lastFailure: { code: "IO_FAILED" } });
        await expect(log.flush()).rejects.toMatchObject({ code: "IO_FAILED" });
        expect(await vector.add(answer)).toBeUndefined();
        expect(await journals()).toEqual([]);
        isFull = false;
        await expect.poll(() => log.stats().written, { timeout: 20_000 }).toBe(2);
        expect(typeof (await vector.add(answer))).toBe("string");
        await log.close();
        expect(await journals()).toHaveLength(1);
      },
    );
  });

  it("keeps a journal from being sealed no longer than it is full", async () => {
    let isFull = false;
    await fullDisk(
      () => isFull,
      async () => {
        await using log = await openLog(never);
        await log.vector(wideVector).add(answer);
        await log.flush();
        isFull = true;
        await log.seal();
        expect(log.stats()).toMatchObject({ sealed: 0, failures: 1, lastFailure: { code: "IO_FAILED" } });
        isFull = false;
        await log.seal();
        expect(log.stats()).toMatchObject({ sealed: 1, failures: 1 });
        expect(await journals()).toEqual([]);
      },
    );
  });

  it("leaves a journal its age: it is sealed some time after there is room again", async () => {
    let isFull = false;
    await fullDisk(
      () => isFull,
      async () => {
        await using log = await openLog({ ...never, sealAfterMs: 300 });
        const vector = log.vector(wideVector);
        await vector.add(answer);
        await log.flush();
        isFull = true;
        await vector.add(answer);
        // Once for the write, and once for the age.
        await expect.poll(() => log.stats().failures, { timeout: 20_000 }).toBeGreaterThan(1);
        await delay(300);
        isFull = false;
        await expect.poll(() => log.stats().sealed, { timeout: 20_000 }).toBeGreaterThan(0);
      },
    );
  });
});

describe("what waits to be compacted", () => {
  it("is counted in all folders, without locks; nothing where nothing is", async () => {
    const none = { journals: 0, sealed: 0, bytes: 0 };
    expect(await unpublishedIn(join(home, "none"))).toEqual(none);
    expect(await unpublishedIn(home)).toEqual(none);
    await mkdir(join(home, "a.sealed"));
    await Promise.all(
      ["a.sealed/0.part", "b.journal", "c.lock", ".d.part"].map((name) => writeFile(join(home, name), "12345")),
    );
    expect(await unpublishedIn(home)).toEqual({ journals: 1, sealed: 1, bytes: 15 });
    await expect(unpublishedIn(join(home, "b.journal"))).rejects.toMatchObject({ code: "IO_FAILED" });
  });
});
