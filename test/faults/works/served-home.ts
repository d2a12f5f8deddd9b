import type { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { type Served, servedColumns, ServedLog, servedOf } from "../../../src/featurestore/served/index.ts";
import { lasting, readServed } from "../../featurestore/served/read-served.ts";
import { randomNumbers } from "../../dsl/random-numbers.ts";
import { wideAnswer, wideVector } from "../../featurestore/served/wide-vector.ts";

const start = Date.UTC(2026, 10, 22, 23, 59, 59) * 1000;

/** The log of a home, for who compacts and reads it. */
export function servedAt(home: string, engine: Engine): Served {
  return servedOf({
    home,
    clock: () => start,
    openEngine: () => Promise.resolve(lasting(engine)),
    log: undefined,
  });
}

/** Logs some answers over two days in a process's own journal, each few of them flushed and told; gives their ids and the keys they are of. */
export async function logAnswers(
  home: string,
  seed: number,
  flushed: (ids: readonly string[]) => void = () => undefined,
): Promise<readonly { readonly id: string; readonly shop: unknown }[]> {
  let now = start;
  const random = randomNumbers(seed);
  const log = await ServedLog.open(home, { rate: 1, flushMs: 1 }, () => (now += 300_000));
  const vector = log.vector(wideVector);
  const all: { id: string; shop: unknown }[] = [];
  for (let batch = 0; batch < 3; batch++) {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { served } = wideAnswer(random, start);
      const id = String(await vector.add(served));
      ids.push(id);
      all.push({ id, shop: served.columns["shop"] });
    }
    await log.flush();
    flushed(ids);
  }
  await log.close();
  return all;
}

/** The ids of all rows of the public files. @throws where one is there twice */
export async function publicIds(home: string, engine: Engine): Promise<ReadonlySet<string>> {
  const files = (await servedAt(home, engine).list()).days.flatMap((day) => day.files);
  const columns = servedColumns(wideVector).filter(({ name }) => name === "request_id");
  return new Set((await readServed(engine, files, columns)).keys());
}

/** Where a process may be killed that seals a journal. */
export const sealingPoints = [
  "remove a sealed folder",
  "make a sealed folder",
  "write a sealed part",
  "fsync a sealed part",
  "fsync a sealed folder",
  "rename a sealed folder",
  "fsync the folder of journals",
  "remove a journal",
] as const;

/** Where a process may be killed that compacts what is sealed into public files. */
export const compactingPoints = [
  "make the folder of a compaction",
  "fsync a compacted file",
  "fsync the folder of a compaction",
  "write a commit",
  "fsync a commit",
  "rename a commit",
  "make a public folder",
  "rename a public file",
  "fsync a public folder",
  "fsync the home",
  "remove the folder of a compaction",
  "remove a commit",
] as const;
