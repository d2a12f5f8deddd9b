import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { histories } from "../../oracle/history.ts";
import { writeHistory } from "../../oracle/write-history.ts";
import { differencesOnline } from "./differences-online.ts";

/** Loads random histories into LMDB as of some of their moments, and compares what is answered with the naive oracle. In two files, which run side by side. */
export function loadedHistories(of: { readonly seed: number; readonly runs: number }): void {
  const seed = Number(process.env["TONDO_SEED"] ?? of.seed);
  const runs = Number(process.env["TONDO_RUNS"] ?? of.runs);
  let folder: string;
  let engine: Engine;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "tondo-online-"));
    engine = await Engine.open({ threads: 2 });
  });
  afterAll(async () => {
    engine.close();
    await rm(folder, { recursive: true });
  });

  describe("an online store loaded as of a moment", () => {
    it(
      `answers for that moment as the naive oracle does (${String(runs)} histories, seed ${String(seed)})`,
      { timeout: Math.max(600_000, runs * 10_000) },
      async () => {
        for (const [i, history] of fc.sample(histories, { seed, numRuns: runs }).entries()) {
          const home = path.join(folder, String(i));
          await writeHistory(history, home);
          // Each loads once; some again and again, into one store.
          const all = [...new Set(history.left.map(({ at }) => at))];
          const moments = i % 15 === 0 ? all : all.slice(0, 1);
          const store = LmdbStore.open({ folder: path.join(home, "online") });
          try {
            const found = await differencesOnline({ history, home, store, engine }, moments);
            expect(found, `history ${String(i)} of seed ${String(seed)}`).toEqual([]);
          } finally {
            await store.close();
          }
          await rm(home, { recursive: true });
        }
      },
    );
  });
}
