import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { CassandraStore } from "../../../src/featurestore/online/cassandra/index.ts";
import { histories } from "../../oracle/history.ts";
import { writeHistory } from "../../oracle/write-history.ts";
import { type FreshKeyspace, freshKeyspace } from "../../servers/fresh-keyspace.ts";
import { differencesOnline } from "./differences-online.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 8713);
const runs = Number(process.env["TONDO_CASSANDRA_RUNS"] ?? 30);
/** Most of the time Cassandra makes tables: some histories at once keep both busy. */
const atOnce = 2;

let folder: string;
let keyspace: FreshKeyspace;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-cassandra-"));
  keyspace = await freshKeyspace();
});
afterAll(async () => {
  await keyspace.drop();
  await rm(folder, { recursive: true });
});

describe("an online store in Cassandra loaded as of a moment", () => {
  it(
    `answers for that moment as the naive oracle does (${String(runs)} histories, seed ${String(seed)})`,
    { timeout: Math.max(600_000, runs * 10_000) },
    async () => {
      const { contactPoint, localDataCenter } = keyspace;
      const all = fc.sample(histories, { seed, numRuns: runs }).entries();
      const work = async (): Promise<void> => {
        const engine = await Engine.open({ threads: 1 });
        try {
          for (const [i, history] of all) {
            const home = path.join(folder, String(i));
            await writeHistory(history, home);
            const options = { contactPoints: [contactPoint], localDataCenter, keyspace: keyspace.keyspace };
            const store = await CassandraStore.open({ ...options, store: `history ${String(i)}` });
            try {
              const moments = [...new Set(history.left.map(({ at }) => at))];
              // Each loads once; some again, into one store.
              const found = await differencesOnline(
                { history, home, store, engine },
                moments.slice(0, i % 15 === 0 ? 3 : 1),
              );
              expect(found, `history ${String(i)} of seed ${String(seed)}`).toEqual([]);
            } finally {
              await store.close();
            }
          }
        } finally {
          engine.close();
        }
      };
      // The same iterator: each history is taken by one of them.
      await Promise.all(Array.from({ length: atOnce }, work));
    },
  );
});
