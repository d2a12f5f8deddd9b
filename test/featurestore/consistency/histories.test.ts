import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseTypeName, type Micros } from "../../../src/core/index.ts";
import { fromRaw } from "../../../src/dsl/index.ts";
import { consistency, type LoggedRequest, readLoaded } from "../../../src/featurestore/consistency/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader, groupName } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { type History, histories } from "../../oracle/history.ts";
import { writeHistory } from "../../oracle/write-history.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 616);
const runs = Number(process.env["TONDO_RUNS"] ?? 2);
let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-replayed-"));
  engine = await Engine.open({ threads: 1 });
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

/** What the left rows of a period are served from what is loaded. */
async function servedFrom(
  { project, vector, left }: History,
  store: LmdbStore,
  from: Micros,
  until: Micros,
): Promise<readonly LoggedRequest[]> {
  const prepared = createFeatureReader({ project, store }).prepare(vector);
  const log: LoggedRequest[] = [];
  for (const [i, { at, columns }] of left.entries()) {
    if (at < from || at >= until) continue;
    const { values, statuses } = await prepared.read({ columns }, at);
    const answers = vector.reads.map(({ id, type }, place) => {
      const value = fromRaw(values[place] ?? null, parseTypeName(type).kind);
      return [id, { value, status: statuses[place] ?? "unavailable" }] as const;
    });
    log.push({ requestId: String(i), at, columns, values: Object.fromEntries(answers) });
  }
  return log;
}

describe("what random histories served", () => {
  it(
    `is what their training path gives, whatever was loaded in between (${String(runs)} histories, seed ${String(seed)})`,
    { timeout: Math.max(120_000, runs * 10_000) },
    async () => {
      let compared = 0;
      for (const [i, history] of fc.sample(histories, { seed, numRuns: runs }).entries()) {
        const home = path.join(folder, String(i));
        const { project, vector } = history;
        const moments = [...new Set(history.left.map(({ at }) => at))].sort((a, b) => a - b);
        const [first = 0, second = first] = [moments[0], moments[Math.floor(moments.length / 2)]];
        const partOf = (_: unknown, n: number): number => n % 3;
        const store = LmdbStore.open({ folder: path.join(home, "online") });
        try {
          const load = (at: Micros, since: object = {}): Promise<unknown> =>
            materialize({ project, folder: home, home, store, engine, asOf: BigInt(at), ...since });
          await writeHistory(history, home, { parts: [0, 1], partOf });
          await load(first);
          const before = await servedFrom(history, store, first, second);
          // What comes late is not seen before the load that brings it.
          await writeHistory(history, home, { parts: [2], partOf });
          // Every second time older rows wait for a load that none is.
          await load(second, i % 2 === 0 ? {} : { since: BigInt(first) });
          const requests = [...before, ...(await servedFrom(history, store, second, Infinity))];
          const report = await consistency({
            ...{ vector, folder: home, log: { requests }, engine: { threads: 1 }, coveredOnly: true },
            loaded: await readLoaded(store, vector.groups.map(groupName)),
          });
          const wrong = report.features.filter(
            ({ equal, compared: all, statusesDisagree }) => equal < all || (statusesDisagree ?? 0) > 0,
          );
          expect(wrong, `history ${String(i)} of seed ${String(seed)}`).toEqual([]);
          compared += report.features.reduce((sum, one) => sum + one.compared, 0);
        } finally {
          await store.close();
        }
        await rm(home, { recursive: true });
      }
      expect(compared).toBeGreaterThan(100 * runs);
    },
  );
});
