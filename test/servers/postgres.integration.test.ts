import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { freshDatabase } from "./fresh-database.ts";

async function query(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process.
    return false;
  }
}

describe("the tests' PostgreSQL", () => {
  it("is a real one", async () => {
    const [row] = await query(inject("postgresUrl"), "select version()");
    expect(row).toMatchObject({ version: expect.stringMatching(/^PostgreSQL \d+/) as string });
  });

  it("gives each test a database of its own and takes it away", async () => {
    const database = await freshDatabase(inject("postgresUrl"));
    await query(database.url, "create table t (x int)");
    expect(await query(database.url, "select count(*)::int as n from t")).toEqual([{ n: 0 }]);
    await expect(query(inject("postgresUrl"), "select * from t")).rejects.toThrow('relation "t" does not exist');
    await database.drop();
    await expect(query(database.url, "select 1")).rejects.toThrow("does not exist");
  });

  it("ends with the process that started it, also when that one is killed", async () => {
    const module = JSON.stringify(join(import.meta.dirname, "postgres.ts"));
    const program = `const { startPostgres } = await import(${module});
      const { pid, keeperPid } = await startPostgres();
      console.log(JSON.stringify([pid, keeperPid]));
      setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let pids: readonly number[] = [];
    for await (const line of createInterface({ input: starter.stdout })) {
      pids = JSON.parse(line) as number[];
      break;
    }
    expect(pids.map(alive)).toEqual([true, true]);
    starter.kill("SIGKILL");
    for (let waited = 0; waited < 15_000 && pids.some(alive); waited += 100) await sleep(100);
    expect(pids.map(alive)).toEqual([false, false]);
  });
});
