import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProjectPlan, StoredPlan } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { noon, sampleProject, writeSample } from "./sample-project.ts";

const minute = 60_000_000;
const hour = 60 * minute;
const hop = 5 * minute;
const n2h: StoredPlan = {
  kind: "window",
  name: "n_2h",
  type: "int",
  aggregate: "count",
  version: 1,
  over: 2 * hour,
  hop,
  direction: "back",
};

/** The sample's flights by airport, counted over two hours and over three in tiles of the same width. */
const project: ProjectPlan = {
  ...sampleProject,
  groups: sampleProject.groups
    .filter(({ name }) => name === "departures")
    .map((group) => ({
      ...group,
      stored: [n2h, ...group.stored],
      features: [
        { name: "n_2h", type: "int", forward: false, value: { node: "stored", type: "int", name: "n_2h" } },
        ...group.features,
      ],
    })),
};

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-windows-"));
  engine = await Engine.open({ threads: 1 });
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

/** The counts over two and three hours at a moment, of a flight at each of these. */
async function counts(moment: number, flights: readonly number[]): Promise<readonly unknown[]> {
  const home = await mkdtemp(path.join(folder, "home-"));
  await writeSample(home, { flights: flights.map((at) => ["SFO", "LAX", 1, at] as const) });
  const store = LmdbStore.open({ folder: path.join(home, "online") });
  try {
    await materialize({ project, folder: home, home, store, engine, asOf: BigInt(moment) });
    const features = createFeatureReader({ project, store });
    const names = ["airport:departures:n_2h", "airport:departures:n_3h"] as const;
    const { values } = await features.get(names, { airport: "SFO" }, { at: BigInt(moment) });
    return names.map((name) => values[name].value);
  } finally {
    await store.close();
  }
}

describe("a window read online", () => {
  it.each([
    ["on a hop", noon],
    ["between two hops", noon + 2 * minute],
    ["a microsecond before a hop", noon + hop - 1],
  ])("begins at the hop before its length, to the microsecond: at a moment %s", async (_where, moment) => {
    for (const [over, inBoth] of [
      [2 * hour, [1, 1]],
      [3 * hour, [0, 1]],
    ] as const) {
      const start = noon - over;
      expect(await counts(moment, [start])).toEqual(inBoth);
      expect(await counts(moment, [start - 1])).toEqual([0, over === 2 * hour ? 1 : 0]);
    }
  });

  it("ends before its moment, in the middle of a tile, too", async () => {
    const moment = noon + 2 * minute;
    expect(await counts(moment, [moment - 1, moment, moment + 1, moment - 3 * minute])).toEqual([2, 2]);
  });
});
