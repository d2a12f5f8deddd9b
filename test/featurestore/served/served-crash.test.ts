import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { readJournal } from "../../../src/featurestore/served/journal-format.ts";
import { recoverJournals } from "../../../src/featurestore/served/recover.ts";
import { sealApart } from "../../../src/featurestore/served/seal-apart.ts";
import { sealJournal } from "../../../src/featurestore/served/seal.ts";
import { type Served, servedColumns, ServedLog, servedOf } from "../../../src/featurestore/served/index.ts";
import { dyingAt, fullDisk, outOfFiles } from "./dying-disk.ts";
import { lasting, readServed } from "./read-served.ts";
import { randomNumbers } from "../../dsl/random-numbers.ts";
import { wideAnswer, wideVector } from "./wide-vector.ts";

const runs = process.env["TONDO_RUNS"];
const kills = Number(runs ?? 2);
/** Each step, or every sixth, others in each run. */
const stride = runs === undefined ? 6 : 1;
const start = Date.UTC(2026, 10, 22, 23, 59, 59) * 1000;

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterAll(() => {
  engine.close();
});

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tondo-crash-"));
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

const servedAt = (folder: string): Served =>
  servedOf({
    home: folder,
    clock: () => start,
    openEngine: () => Promise.resolve(lasting(engine)),
    log: undefined,
  });

/** The ids of all rows of the public files; it throws where one is there twice. */
async function idsOf(folder: string): Promise<readonly string[]> {
  const files = (await servedAt(folder).list()).days.flatMap((day) => day.files);
  const columns = servedColumns(wideVector).filter(({ name }) => name === "request_id");
  return [...(await readServed(engine, files, columns)).keys()].sort();
}

/** Logs some answers in a process that ends without sealing; gives their ids. */
async function leave(answers: number): Promise<readonly string[]> {
  let now = start;
  const random = randomNumbers(answers);
  await using log = await ServedLog.open(home, { rate: 1 }, () => (now += 300_000));
  const vector = log.vector(wideVector);
  const ids: string[] = [];
  for (let i = 0; i < answers; i++) ids.push(String(await vector.add(wideAnswer(random, start).served)));
  return ids.sort();
}

async function journalOf(folder: string): Promise<string> {
  const name = (await readdir(join(folder, "served-journal"))).find((one) => one.endsWith(".journal"));
  return join(folder, "served-journal", name ?? "none");
}

describe("a journal", () => {
  it("gives all whole records and none that is torn, wherever it was cut", async () => {
    await leave(4);
    const path = await journalOf(home);
    const bytes = await readFile(path);
    const ends: number[] = [];
    for (let at = 15; at < bytes.length;) ends.push((at += 8 + bytes.readUInt32LE(at)));
    expect(ends).toHaveLength(5);
    const cut = join(home, "cut");
    await copyFile(path, cut);
    const places = [...ends, ...ends.map((end) => end - 1), ...ends.slice(0, -1).map((end) => end + 9), 15, 14, 0];
    for (const length of [...places.filter((one) => one <= bytes.length)].sort((a, b) => b - a)) {
      await truncate(cut, length);
      const found = { tornBytes: 0, damaged: 0 };
      let records = 0;
      for await (const record of readJournal(cut, found)) records += record.length > 0 ? 1 : 0;
      const whole = ends.filter((end) => end <= length);
      expect([length, records]).toEqual([length, whole.length]);
      expect(found).toEqual({ tornBytes: length < 15 ? length : length - (whole.at(-1) ?? 15), damaged: 0 });
    }
  });

  it("gives what stands behind a damaged record, and cuts off zeros", async () => {
    const ids = await leave(6);
    const path = await journalOf(home);
    const bytes = await readFile(path);
    let second = 15;
    for (let i = 0; i < 2; i++) second += 8 + bytes.readUInt32LE(second);
    bytes.writeUInt8(bytes.readUInt8(second + 100) ^ 1, second + 100);
    await writeFile(path, Buffer.concat([bytes, Buffer.alloc(5000)]));
    const { rows, recovered } = await servedAt(home).compact();
    expect(rows).toBe(5);
    expect(recovered).toEqual({ journals: 1, rows: 5, tornBytes: 5000, damaged: 1 });
    expect((await idsOf(home)).every((id) => ids.includes(id))).toBe(true);
  });

  it("is left alone while its process lives, and taken up by one of those that come after it", async () => {
    const log = await ServedLog.open(home, { rate: 1 }, () => start);
    await log.vector(wideVector).add(wideAnswer(randomNumbers(1), start).served);
    await log.flush();
    const folder = join(home, "served-journal");
    expect(await recoverJournals(folder)).toMatchObject({ journals: 0 });
    await log.close();
    const found = await Promise.all([recoverJournals(folder), recoverJournals(folder), recoverJournals(folder)]);
    expect(found.reduce((sum, { rows }) => sum + rows, 0)).toBe(1);
    expect((await servedAt(home).compact()).rows).toBe(1);
  });

  it("is sealed once by several that come after many processes at the same time, and others take none for a failure", async () => {
    for (let i = 0; i < 4; i++) await leave(2);
    const folder = join(home, "served-journal");
    const apart = (path: string): ReturnType<typeof sealApart> => sealApart(path, new AbortController().signal);
    // One that is busy with the first while another does all the rest.
    const gate = Promise.withResolvers<undefined>();
    const sealed: string[] = [];
    const slowly = recoverJournals(folder, undefined, async (path) => {
      sealed.push(path);
      await gate.promise;
      return sealJournal(path);
    });
    expect(await recoverJournals(folder)).toMatchObject({ journals: 3, rows: 6 });
    gate.resolve(undefined);
    expect(await slowly).toMatchObject({ journals: 1, rows: 2 });
    expect(sealed).toHaveLength(1);
    expect((await servedAt(home).compact()).rows).toBe(8);
    for (let i = 0; i < 4; i++) await leave(2);
    const found = await Promise.all(
      [sealJournal, apart, sealJournal].map((seal) => recoverJournals(folder, undefined, seal)),
    );
    expect(found.reduce((sum, { rows }) => sum + rows, 0)).toBe(8);
    expect(found.reduce((sum, { journals }) => sum + journals, 0)).toBe(4);
    expect((await servedAt(home).compact()).rows).toBe(8);
    // What a compaction took away with the parts that it was sealed in.
    const gone = join(folder, "0190b0a0-0000-7000-8000-000000000000-000001.journal");
    for (const seal of [sealJournal, apart]) expect(await seal(gone)).toEqual({ rows: 0, tornBytes: 0, damaged: 0 });
  });

  it("goes on where a full disk has room again, without a hole or a repeat; what cannot be written at the end is told", async () => {
    const answer = wideAnswer(randomNumbers(3), start).served;
    let isFull = false;
    const ids = await fullDisk(
      () => isFull,
      async () => {
        await using log = await ServedLog.open(home, { rate: 1, flushMs: 0 }, () => start);
        const vector = log.vector(wideVector);
        const add = async (): Promise<string> => String(await vector.add(answer));
        const taken = [await add()];
        await log.flush();
        isFull = true;
        taken.push(await add());
        await expect(log.flush()).rejects.toMatchObject({ code: "IO_FAILED", cause: { code: "ENOSPC" } });
        taken.push(await add());
        expect(log.stats()).toMatchObject({ written: 1, queued: { records: 2 }, lastFailure: { code: "IO_FAILED" } });
        isFull = false;
        await expect.poll(() => log.stats().written).toBe(3);
        return taken;
      },
    );
    await servedAt(home).compact();
    expect(await idsOf(home)).toEqual(ids.sort());
    const lost = fullDisk(
      () => true,
      async () => {
        const log = await ServedLog.open(home, { rate: 1 }, () => start);
        await log.vector(wideVector).add(answer);
        await log.close();
      },
    );
    await expect(lost).rejects.toMatchObject({ code: "IO_FAILED", message: "1 answer could not be logged" });
    expect((await servedAt(home).compact()).rows).toBe(0);
    expect(await readdir(join(home, "served-journal"))).toEqual([]);
  });

  it(
    "that a killed process leaves has all that was flushed, once, whatever it was doing",
    async () => {
      const flushed: string[] = [];
      for (let kill = 0; kill < kills; kill++) {
        const child = spawn(execPath, [join(import.meta.dirname, "log-until-killed.ts"), home], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        const lines = createInterface({ input: child.stdout });
        lines.on("line", (line) => flushed.push(line));
        await once(lines, "line");
        await new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 150));
        child.kill("SIGKILL");
        await once(child, "close");
        if (kill % 2 === 1) await servedAt(home).compact();
      }
      await servedAt(home).compact();
      const found = new Set(await idsOf(home));
      const whole = flushed.filter((line) => line.length === 36);
      expect(whole.length).toBeGreaterThan(kills * 19);
      expect(whole.filter((id) => !found.has(id))).toEqual([]);
      expect(await readdir(join(home, "served-journal"))).toEqual([]);
    },
    60_000 + kills * 20_000,
  );
});

describe("a compaction", () => {
  it("never takes a journal again that its living process has sealed, and had no time to remove", async () => {
    const log = await ServedLog.open(home, { rate: 1 }, () => start);
    const id = await log.vector(wideVector).add(wideAnswer(randomNumbers(1), start).served);
    await log.flush();
    const path = await journalOf(home);
    await copyFile(path, join(home, "copy"));
    await log.seal();
    await copyFile(join(home, "copy"), path);
    expect((await servedAt(home).compact()).rows).toBe(1);
    await log.close();
    expect((await servedAt(home).compact()).rows).toBe(0);
    expect(await idsOf(home)).toEqual([id]);
  });

  it("of which the commit counts though writing it failed is finished by the next one", async () => {
    const ids = await leave(5);
    const failed = outOfFiles(".commit", () => servedAt(home).compact());
    await expect(failed).rejects.toMatchObject({ code: "EMFILE" });
    expect(await idsOf(home)).toEqual([]);
    expect((await servedAt(home).compact()).rows).toBe(5);
    expect(await idsOf(home)).toEqual(ids);
    expect(await readdir(join(home, "served-journal"))).toEqual([]);
  });

  it("that dies between any two of its steps loses nothing and doubles nothing, for whoever reads meanwhile and after", async () => {
    const ids = await leave(12);
    const before = join(home, "before");
    await mkdir(before);
    await cp(join(home, "served-journal"), join(before, "served-journal"), { recursive: true });
    let steps = Math.floor(Math.random() * stride);
    for (let isOver = false; !isOver; steps += stride) {
      const own = join(home, `run-${String(steps)}`);
      await cp(before, own, { recursive: true });
      isOver = !(await dyingAt(steps, () => servedAt(own).compact()));
      const meanwhile = await idsOf(own);
      expect(meanwhile.every((id) => ids.includes(id))).toBe(true);
      if (isOver) expect(meanwhile).toEqual(ids);
      // The next one dies, too, a few steps on.
      await dyingAt((steps * 7) % 11, () => servedAt(own).compact());
      await servedAt(own).compact();
      expect([steps, await idsOf(own)]).toEqual([steps, ids]);
      expect(await readdir(join(own, "served-journal"))).toEqual([]);
      const names = await readdir(join(own, "served"), { recursive: true });
      expect(names.filter((name) => /\.[^/]*$/.test(name) && !/(\.parquet|\/vector\.json)$/.test(name))).toEqual([]);
    }
    expect(steps).toBeGreaterThan(25);
  }, 600_000);
});
