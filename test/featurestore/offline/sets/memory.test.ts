import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../../../src/featurestore/index.ts";

const running = join(import.meta.dirname, "make-in-memory.ts");

const definitions = `
entity key (key: int)
events events { parquet "events.parquet"
  at t }
group key:windows from events by key {
  n_7d = count() over 7d
  sum_7d = sum(a) over 7d
  high_30d = quantile(b, 0.9) over 30d
  last_30d = last(s) over 30d
}
vector windows { key key
  n = @key:windows:n_7d
  sum = @key:windows:sum_7d | fill(median) | zscore
  high = @key:windows:high_30d
  last = @key:windows:last_30d | len
}
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-memory-"));
  await writeFile(join(folder, "memory.tondo"), definitions);
  const engine = await Engine.open({ threads: 2 });
  const moment = (seed: number): string =>
    `make_timestamp(1700000000000000 + (hash(i * ${String(seed)}) % 5184000000000)::bigint)`;
  await engine.run(
    `copy (select (hash(i) % 20000)::bigint as key, ${moment(7)} as t, (hash(i * 3) % 1000)::double as a,
       (hash(i * 5) % 1000) / 9.0::double as b, 'a text that is not short ' || hash(i * 11) as s
     from range(1500000) e(i)) to '${join(folder, "events.parquet")}'`,
    "making events",
  );
  await engine.run(
    `copy (select ${moment(17)} as "at", (hash(i * 13) % 20000)::bigint as key from range(100000) r(i))
     to '${join(folder, "rows.parquet")}'`,
    "making rows",
  );
  engine.close();
});
afterAll(() => rm(folder, { recursive: true }));

describe("the memory of a training set", () => {
  it("is held by the process to within a quarter", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [running, folder, "500MB"]);
    expect(Number(stdout)).toBeGreaterThan(200e6);
    expect(Number(stdout)).toBeLessThanOrEqual(1.25 * 500e6);
    expect((await readdir(join(folder, "set"))).sort()).toEqual(["manifest.json", "train.parquet"]);
  });
});
