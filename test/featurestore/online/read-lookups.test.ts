import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader, type OnlineStore, type StoreView } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { noon, sampleProject, sampleRows, writeSample } from "./sample-project.ts";

let folder: string;
let store: LmdbStore;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-lookups-"));
  await writeSample(folder, sampleRows);
  const engine = await Engine.open({ threads: 1 });
  store = LmdbStore.open({ folder: path.join(folder, "online") });
  const loaded = ["airport:departures", "airport:weather"];
  await materialize({
    project: sampleProject,
    folder,
    home: folder,
    store,
    engine,
    asOf: BigInt(noon),
    groups: loaded,
  });
  engine.close();
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** The store as one that answers later, with what it is asked once its view is closed; reads of `failing` fail at once. */
function later(failing?: string): {
  readonly store: OnlineStore;
  readonly afterClose: string[];
  readonly done: string[];
} {
  const afterClose: string[] = [];
  const done: string[] = [];
  const view = (real: StoreView): StoreView => {
    let isClosed = false;
    return {
      pointer: (group) => real.pointer(group),
      read: async (group, generation, keys, visit) => {
        if (group === failing) throw new Error("the line is cut");
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
        if (isClosed) afterClose.push(group);
        else await real.read(group, generation, keys, visit);
        done.push(group);
      },
      close: () => {
        isClosed = true;
        real.close();
      },
    };
  };
  const asked: OnlineStore = {
    kind: store.kind,
    view: (groups) => Promise.resolve(view(store.view(groups))),
    begin: (group) => store.begin(group),
    switchPointers: (switches) => store.switchPointers(switches),
    generations: (group) => store.generations(group),
    drop: (group, generation) => store.drop(group, generation),
    close: () => store.close(),
  };
  return { store: asked, afterClose, done };
}

const departures = "airport:departures:delay_3h";
const weather = "airport:weather:wind";
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

describe("a round of reads from a store that answers later", () => {
  it("begins no read where one of its groups cannot answer", async () => {
    const { store: slow, done, afterClose } = later();
    const features = createFeatureReader({ project: sampleProject, store: slow });
    const asked = features.get([departures, "airport:place:tz"], { airport: "SFO" }, { at: BigInt(noon) });
    await expect(asked).rejects.toMatchObject({ code: "GROUP_NOT_MATERIALIZED" });
    await settle();
    expect([done, afterClose]).toEqual([[], []]);
  });

  it("closes its view only when all reads have ended, also where one fails", async () => {
    const { store: slow, done, afterClose } = later("airport:departures");
    const features = createFeatureReader({ project: sampleProject, store: slow });
    const asked = features.get([departures, weather], { airport: "SFO" }, { at: BigInt(noon) });
    await expect(asked).rejects.toThrow("the line is cut");
    await settle();
    expect([done, afterClose]).toEqual([["airport:weather"], []]);
  });

  it("answers as the store itself", async () => {
    const at = BigInt(noon);
    const read = (of: OnlineStore): Promise<unknown> =>
      createFeatureReader({ project: sampleProject, store: of }).get([departures, weather], { airport: "SFO" }, { at });
    expect(await read(later().store)).toEqual(await read(store));
  });
});
