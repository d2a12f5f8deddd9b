import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VectorPlan } from "../../../src/dsl/index.ts";
import type { ConsistencyReport } from "../../../src/featurestore/index.ts";
import type { VectorConsistencyOptions } from "../../../src/featurestore/consistency/index.ts";
import { loadedAt, type ServedProject, servedProject } from "../../serving/served-project.ts";
import { day, hour, type Row, start, writeRows } from "../offline/small-project.ts";
import {
  alterLog,
  type AskedRequest,
  logPredictions,
  logReads,
  type LoggedRow,
  writeServedLog,
} from "./write-served-log.ts";

let served: ServedProject;
let eta: VectorPlan;
let folder: string;
let rows: readonly LoggedRow[];
const again = loadedAt + BigInt(2 * day);

const requests = (from: bigint, n: number): readonly AskedRequest[] =>
  Array.from({ length: n }, (_, i) => ({
    keys: {
      store: ["r1", "r2", "r3", "r4", "r5", "new", null][i % 7] ?? null,
      other: ["r1", "r2", "r3"][i % 3] ?? null,
      town: ["bonn", "köln", "ulm", "Bonn"][i % 4] ?? null,
    },
    inputs: { km: i / 8, q: i % 5 === 0 ? null : i },
    at: from + BigInt(i * hour),
  }));

async function replayed(options: VectorConsistencyOptions = {}): Promise<ConsistencyReport> {
  return served.tondo.consistency("eta", { log: "log.parquet", ...options });
}

beforeAll(async () => {
  served = await servedProject();
  folder = served.small.folder;
  const { tondo } = served;
  const found = (await tondo.project()).vectors.find(({ name }) => name === "eta");
  if (found === undefined) throw new Error("no vector");
  eta = found;
  const before = await logPredictions(tondo, eta, "eta@champion", requests(loadedAt, 30), "a");
  // Orders that come late: they say that they were known, and no request saw them before the second load.
  const late = Array.from({ length: 40 }, (_, i): Row => ({
    ...{ ordered_at: start + 24 * day + i * hour, loaded_at: start + 24 * day + i * hour },
    ...{ store: `r${String(1 + (i % 5))}`, city: "Bonn", status: "done", minutes: i / 3, k: i % 9 },
  }));
  await writeRows(join(folder, "data/orders/c.parquet"), late);
  const between = await logPredictions(tondo, eta, "eta@champion", requests(loadedAt + BigInt(day), 10), "b");
  await tondo.materialize({ asOf: again });
  const after = await logPredictions(tondo, eta, "eta@champion", requests(again, 30), "c");
  const reads = await logReads(tondo, eta, requests(again + BigInt(hour), 10), "d");
  rows = [...before, ...between, ...after, ...reads];
  await writeServedLog(join(folder, "log.parquet"), eta, rows);
}, 120_000);
afterAll(() => served.close());

describe("consistency", () => {
  it("finds what was served and what is trained on the same, feature by feature and slot by slot", async () => {
    const report = await replayed();
    expect(report.warnings.filter(({ code }) => code !== "during-load")).toEqual([]);
    expect([...report.features, ...report.slots].filter(({ compared, equal }) => compared !== equal)).toEqual([]);
    expect(report).toMatchObject({ vector: "eta", consistent: true, rows: 80, knowledge: "applied", tolerance: 0 });
    expect(report.features.map(({ name }) => name)).toEqual(eta.reads.map(({ id }) => id));
    expect(report.slots.map(({ name }) => name)).toEqual(eta.slots.map(({ name }) => name));
    for (const { compared, statusesDisagree } of report.features) expect([compared, statusesDisagree]).toEqual([80, 0]);
    for (const { compared, statusesDisagree } of report.slots) expect([compared, statusesDisagree]).toEqual([70, null]);
    expect(report.notCompared).toEqual([]);
  });
});
void alterLog;
