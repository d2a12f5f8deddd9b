import { parseTypeName } from "../../../src/core/index.ts";
import { fromRaw } from "../../../src/dsl/index.ts";
import type { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader, type OnlineStore } from "../../../src/featurestore/online/index.ts";
import { type LeftRow, trainingRows } from "../../../src/featurestore/oracle/oracle.ts";
import { type ActualAnswer, differences } from "../../oracle/compare.ts";
import type { History } from "../../oracle/history.ts";

/** A history whose files are written, and where it is loaded to. */
export interface LoadedHistory {
  readonly history: History;
  /** The folder with its files, and the home. */
  readonly home: string;
  readonly store: OnlineStore;
  readonly engine: Engine;
}

/**
 * Loads a history's groups as of some moments, one after the other, and asks for the reads of each left row of that moment: what differs from what the oracle
 * says.
 */
export async function differencesOnline(
  { history, home, store, engine }: LoadedHistory,
  moments: Iterable<number>,
): Promise<readonly string[]> {
  const { project, vector } = history;
  const found: string[] = [];
  const reader = createFeatureReader({ project, store, deadlineMs: 60_000 });
  const prepared = reader.prepare(vector);
  for (const at of moments) {
    // Histories have few keys: what can be copied is.
    const limits = { changedShare: Infinity };
    await materialize({ project, folder: home, home, store, engine, asOf: BigInt(at), limits });
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
