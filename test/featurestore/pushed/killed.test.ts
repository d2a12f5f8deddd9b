import { execFile } from "node:child_process";
import path from "node:path";
import { execPath } from "node:process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { sqlText } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { collectPushed } from "../../../src/featurestore/pushed/index.ts";
import { eachInSampleHome, type SampleHome } from "../online/sample-home.ts";
import { noon, sampleProject } from "../online/sample-project.ts";

const run = promisify(execFile);
/** At which operations of the store a process is killed, one after the other over the same home. */
const kills = Number(process.env["TONDO_KILLS"] ?? 2);
let home: SampleHome;
let store: LmdbStore;
eachInSampleHome(
  (given) => {
    home = given;
    ({ store } = given);
  },
  () => store,
);

it(
  `loses nothing that it said stands, and counts nothing twice, where a process is killed in between (${String(kills)} kills)`,
  { timeout: 60_000 + kills * 20_000 },
  async () => {
    await materialize({
      ...{ ...home, store, project: sampleProject, home: home.folder, asOf: BigInt(noon) },
      clock: () => noon,
    });
    await store.close();
    const said = new Map<number, number>();
    let now = noon;
    for (let kill = 0; kill < kills; kill++) {
      now += 60_000_000;
      const fatal = (kill * 11 + 6) % 29;
      const script = path.join(import.meta.dirname, "push-and-die.ts");
      const died: unknown = await run(execPath, [script, home.folder, String(now), String(fatal)]).catch(
        (error: unknown) => error,
      );
      expect(died).toMatchObject({ signal: "SIGKILL" });
      const { stdout } = died as { readonly stdout: string };
      for (const line of stdout.trim().split("\n").filter(Boolean)) {
        const [delay = NaN, appliedAt = NaN] = line.split(" ").map(Number);
        said.set(delay, appliedAt);
        now = Math.max(now, appliedAt);
      }
      now += 1_000_000;
    }
    store = LmdbStore.open({ folder: path.join(home.folder, "online") });
    const at = BigInt(now);
    const names = ["airport:departures:n_3h", "airport:departures:delay_3h"] as const;
    const [n3h, delay3h] = names;
    const reader = createFeatureReader({ project: sampleProject, store });
    const online = await reader.get(names, { airport: "NEW" }, { at });
    const erased = (): Promise<() => undefined> => Promise.resolve(() => undefined);
    await collectPushed({ ...sampleProject, erased, home: home.folder, store, engine: home.engine });
    const parts = sqlText(path.join(home.folder, "pushed", "flights", "**", "*.parquet"));
    const rows = await home.engine.rows(
      `select delay, epoch_us(tondo_pushed_at)::double as k from read_parquet(${parts}) order by k`,
      "reading what was pushed",
    );
    const inFiles = new Map(rows.map((row) => [Number(row["delay"]), Number(row["k"])]));
    expect(inFiles.size).toBe(rows.length);
    // What a process was killed with on its lips may stand, and what it said does.
    for (const [delay, appliedAt] of said) expect(inFiles.get(delay)).toBe(appliedAt);
    expect(inFiles.size - said.size).toBeLessThanOrEqual(kills);
    expect(said.size).toBeGreaterThanOrEqual(kills);
    expect(online.values[n3h].value).toBe(rows.length);
    const mean = [...inFiles.keys()].reduce((sum, delay) => sum + delay - noon, 0) / rows.length;
    expect(Number(online.values[delay3h].value) - noon).toBeCloseTo(mean, 0);
    // And after one more load of all of it.
    await materialize({
      ...{ ...home, store, project: sampleProject, home: home.folder, asOf: at },
      clock: () => now,
    });
    const loaded = await reader.get(names, { airport: "NEW" }, { at });
    expect(loaded.values[n3h].value).toBe(rows.length);
    expect(loaded.values[delay3h].value).toBe(online.values[delay3h].value);
  },
);
