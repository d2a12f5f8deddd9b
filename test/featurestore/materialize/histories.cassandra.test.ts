import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { CassandraStore } from "../../../src/featurestore/online/cassandra/index.ts";
import { histories, type History } from "../../oracle/history.ts";
import { writeHistory } from "../../oracle/write-history.ts";
import { type FreshKeyspace, freshKeyspace } from "../../servers/fresh-keyspace.ts";
import { differencesOnline } from "./differences-online.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 8713);
const runs = Number(process.env["TONDO_CASSANDRA_RUNS"] ?? 30);
/** Most of the time Cassandra makes tables: some histories at once keep both busy. */
const atOnce = 2;

/** So many histories share a keyspace: each table takes a part of the node's memory until its keyspace is dropped. */
const perKeyspace = 15;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-cassandra-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Loads histories, one after the other, and compares each with the oracle. */
async function compare(
  part: Iterable<readonly [number, History]>,
  engine: Engine,
  { contactPoint, localDataCenter, keyspace }: FreshKeyspace,
): Promise<void> {
  for (const [i, history] of part) {
    const home = path.join(folder, String(i));
    await writeHistory(history, home);
    const options = { contactPoints: [contactPoint], localDataCenter, keyspace, store: `history ${String(i)}` };
    const store = await CassandraStore.open(options);
    try {
      const moments = [...new Set(history.left.map(({ at }) => at))];
      // Each loads once; some again, into one store.
      const found = await differencesOnline({ history, home, store, engine }, moments.slice(0, i % 15 === 0 ? 3 : 1));
      expect(found, `history ${String(i)} of seed ${String(seed)}`).toEqual([]);
    } finally {
      await store.close();
    }
  }
}

describe("an online store in Cassandra loaded as of a moment", () => {
  it(
    `answers for that moment as the naive oracle does (${String(runs)} histories, seed ${String(seed)})`,
    { timeout: Math.max(600_000, runs * 10_000) },
    async () => {
      const all = fc.sample(histories, { seed, numRuns: runs });
      const parts = Array.from({ length: Math.ceil(runs / perKeyspace) }, (_, part) =>
        all.map((history, i) => [i, history] as const).slice(part * perKeyspace, (part + 1) * perKeyspace),
      );
      const work = async (): Promise<void> => {
        const engine = await Engine.open({ threads: 1 });
        try {
          for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
            const keyspace = await freshKeyspace();
            try {
              await compare(part, engine, keyspace);
            } finally {
              await keyspace.drop();
            }
          }
        } finally {
          engine.close();
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
    },
  );
});
