import * as fc from "fast-check";
import { parseTypeName } from "../../src/core/index.ts";
import { fromRaw } from "../../src/dsl/index.ts";
import type { Engine } from "../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../src/featurestore/materialize/index.ts";
import { createFeatureReader, groupName, type OnlineStore } from "../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../src/featurestore/online/lmdb/index.ts";
import { trainingRows } from "../../src/featurestore/oracle/oracle.ts";
import { type ActualAnswer, differences } from "../oracle/compare.ts";
import { histories, type History } from "../oracle/history.ts";
import { writeHistory } from "../oracle/write-history.ts";

/** The store of a home. */
export function openStore(home: string): LmdbStore {
  return LmdbStore.open({ folder: `${home}/online` });
}

/** A random history, the same for the same seed. */
export function historyOf(seed: number): History {
  const [history] = fc.sample(histories, { seed, numRuns: 1 });
  if (history === undefined) throw new Error("no history");
  return history;
}

const day = 86_400_000_000;

/** The moments that a history is loaded as of, one after the other. */
export function momentsOf({ left }: History): readonly number[] {
  const first = left[0]?.at ?? 0;
  return [-day, 0, day, day + 1].map((after) => first + after);
}

/** Loads a history's groups as of a moment, in many small batches. */
export async function loadHistory(
  history: History,
  home: string,
  at: number,
  { store, engine }: { readonly store: OnlineStore; readonly engine: Engine },
): Promise<void> {
  const { project } = history;
  await materialize({ project, folder: home, home, store, engine, asOf: BigInt(at), limits: { batchBytes: 64 } });
}

/** Makes a home whose groups were loaded two times. */
export async function loadedTwice(home: string, seed: number, engine: Engine): Promise<void> {
  const history = historyOf(seed);
  await writeHistory(history, home);
  const store = openStore(home);
  for (const at of momentsOf(history).slice(0, 2)) await loadHistory(history, home, at, { store, engine });
  await store.close();
}

/** The moment that all groups with a time are loaded as of. @throws where they are not of one */
export async function loadedAsOf({ project }: History, store: OnlineStore): Promise<number> {
  const groups = project.groups.filter(
    ({ source, stored }) =>
      project.sources.find(({ name }) => name === source)?.kind !== "table" &&
      stored.some((one) => one.kind === "column" || one.direction === "back"),
  );
  const view = await store.view(groups.map(groupName));
  const found = new Set(groups.map((group) => view.pointer(groupName(group))?.asOf));
  view.close();
  const [asOf] = found;
  if (found.size !== 1 || asOf === undefined) throw new Error(`groups are loaded as of ${[...found].join(" and ")}`);
  return asOf;
}

/** What differs of what a store answers for a moment from what the oracle says, for every key that the history asks for. */
export async function differencesAt(history: History, store: OnlineStore, at: number): Promise<readonly string[]> {
  const { project, vector } = history;
  const left = history.left.map((row) => ({ ...row, at }));
  const prepared = createFeatureReader({ project, store }).prepare(vector);
  const actual: Record<string, ActualAnswer>[] = [];
  for (const { columns } of left) {
    const { values, statuses } = await prepared.read({ columns }, at);
    actual.push(
      Object.fromEntries(
        vector.reads.map(({ id, type }, i): [string, ActualAnswer] => {
          const value = fromRaw(values[i] ?? null, parseTypeName(type).kind);
          const status = statuses[i];
          return [id, { value, ...(status === undefined ? {} : { status }) }];
        }),
      ),
    );
  }
  return differences(trainingRows({ ...vector, labelReads: [] }, left, history.data), actual);
}

/** @throws where a store answers for a moment otherwise than the oracle */
export async function agree(history: History, store: OnlineStore, at: number): Promise<void> {
  const found = await differencesAt(history, store, at);
  if (found.length > 0) throw new Error(`the oracle says otherwise:\n${found.join("\n")}`);
}
