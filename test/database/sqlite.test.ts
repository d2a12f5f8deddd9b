import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import { connect, connectSqlite, type Database } from "../../src/database/index.ts";
import { describeDatabase } from "../conformance/database.ts";

describeDatabase("SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tondo-sqlite-"));
  return { url: `sqlite:${join(folder, "a/b.db")}`, drop: () => rm(folder, { recursive: true }) };
});

describe("a SQLite file", () => {
  const cleanups: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "tondo-sqlite-"));
    cleanups.push(() => rm(path, { recursive: true }));
    return path;
  }

  async function open(path: string, busyTimeoutMs: number): Promise<Database> {
    const database = await connectSqlite({ path, busyTimeoutMs });
    cleanups.push(() => database.close());
    return database;
  }

  it("that another program keeps locked is given up after the configured wait, which blocks nobody", async () => {
    const path = join(await folder(), "a.db");
    const database = await open(path, 300);
    const other = new DatabaseSync(path);
    cleanups.push(() => other.close());
    other.exec("begin immediate");
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    const started = performance.now();
    await expect(database.transaction(() => Promise.resolve())).rejects.toMatchObject({ code: "DATABASE_BUSY" });
    clearInterval(timer);
    expect(performance.now() - started).toBeGreaterThan(250);
    expect(ticks).toBeGreaterThan(5);
    // Reads go on, and so do writes once the lock is gone.
    expect(await database.queries.selectFrom("models").selectAll().execute()).toEqual([]);
    other.exec("rollback");
    await database.transaction(() => Promise.resolve());
  });

  it("does not wait forever for a transaction of its own process", async () => {
    const database = await open(join(await folder(), "a.db"), 100);
    await database.transaction(async () => {
      const write = database.queries.deleteFrom("models").execute();
      await expect(write).rejects.toMatchObject({ code: "DATABASE_BUSY" });
    });
  });

  it("keeps a write-ahead log and syncs every commit to the disk", async () => {
    const database = await open(join(await folder(), "a.db"), 100);
    const pragma = async (name: string): Promise<unknown> =>
      (await sql`pragma ${sql.raw(name)}`.execute(database.queries)).rows;
    expect(await pragma("journal_mode")).toEqual([{ journal_mode: "wal" }]);
    expect(await pragma("synchronous")).toEqual([{ synchronous: 2 }]);
    expect(await pragma("foreign_keys")).toEqual([{ foreign_keys: 1 }]);
  });

  it("that is no database is refused", async () => {
    const path = join(await folder(), "a.db");
    await writeFile(path, "not a database, but long enough to be looked at ".repeat(40));
    await expect(connectSqlite({ path })).rejects.toMatchObject({
      code: "DATABASE_FAILED",
      where: path,
      hint: expect.stringContaining("not a SQLite database") as string,
    });
  });

  it("in a folder that cannot be made is refused", async () => {
    const file = join(await folder(), "file");
    await writeFile(file, "");
    await expect(connectSqlite({ path: join(file, "a.db") })).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
  });

  it("can live in memory", async () => {
    const database = await connect({ url: "sqlite::memory:" });
    await database.transaction((transaction) => transaction.deleteFrom("models").execute());
    expect(await database.queries.selectFrom("models").selectAll().execute()).toEqual([]);
    await database.close();
  });

  it("is not meant by any other address", async () => {
    await expect(connect({ url: "mysql://x" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});
