import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseTypeName } from "../../../src/core/index.ts";
import { fromRaw } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { type ActualAnswer, differences } from "../../oracle/compare.ts";
import { type History, histories } from "../../oracle/history.ts";
import { type LeftRow, trainingRows } from "../../../src/featurestore/oracle/oracle.ts";
import { writeHistory } from "../../oracle/write-history.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 7301);
const runs = Number(process.env["TONDO_RUNS"] ?? 300);
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

/** What a request for each left row's reads finds in a store loaded as of that row's moment. */
async function online(history: History, home: string, moments: Iterable<number>): Promise<readonly string[]> {
  const { project, vector } = history;
  const store = LmdbStore.open({ folder: path.join(home, "online") });
  const found: string[] = [];
  try {
    const reader = createFeatureReader({ project, store });
    const prepared = reader.prepare(vector);
    for (const at of moments) {
      await materialize({ project, folder: home, home, store, engine, asOf: BigInt(at) });
      const left = history.left.filter((row) => row.at === at);
      const expected = trainingRows({ ...vector, labelReads: [] }, left, history.data);
      const actual: Record<string, ActualAnswer>[] = [];
      for (const { columns } of left) {
        const { values, statuses } = await prepared.read({ columns }, at);
        const row: Record<string, ActualAnswer> = {};
        for (const [i, { id, type }] of vector.reads.entries()) {
          const value = fromRaw(values[i] ?? null, parseTypeName(type).kind);
          const status = statuses[i];
          row[id] = { value, ...(status === undefined ? {} : { status }) };
        }
        actual.push(row);
      }
      found.push(...differences(expected, actual), ...(await byName(history, reader, left, expected)));
    }
  } finally {
    await store.close();
  }
  return found;
}

/** The same by canonical names, with the times of snapshots. */
async function byName(
  { project, vector }: History,
  reader: ReturnType<typeof createFeatureReader>,
  left: readonly LeftRow[],
  expected: ReturnType<typeof trainingRows>,
): Promise<readonly string[]> {
  const [entity] = project.entities;
  const role = vector.roles[0]?.role ?? "";
  const reads = vector.reads.filter(({ id }) => id.startsWith(`${role}__`));
  const names = reads.map(({ group, stored }) => `thing:${group}:${stored}`);
  const first = left[0];
  if (entity === undefined || first === undefined) throw new Error("no entity or row");
  const keys = left.map(({ columns }) => ({
    thing: Object.fromEntries(
      entity.key.map(({ name }) => [name, columns[entity.key.length === 1 ? role : `${role}_${name}`] ?? null]),
    ),
  }));
  const rows = await reader.get(names, keys, { at: BigInt(first.at) });
  const actual = rows.map(({ values }) =>
    Object.fromEntries(
      reads.map(({ id, group, stored }) => [id, values[`thing:${group}:${stored}`] ?? { value: null }]),
    ),
  );
  const wanted = expected.map((row) =>
    Object.fromEntries(reads.map(({ id }) => [id, row[id] ?? { value: null, status: "unavailable" as const }])),
  );
  return differences(wanted, actual);
}

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
        expect(await online(history, home, moments), `history ${String(i)} of seed ${String(seed)}`).toEqual([]);
        await rm(home, { recursive: true });
      }
    },
  );
});
