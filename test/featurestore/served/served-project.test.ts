import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFeatureReader, Engine, servedColumns } from "../../../src/featurestore/index.ts";
import { LmdbStore } from "../../../src/lmdb.ts";
import { join } from "node:path";
import type { VectorPlan } from "../../../src/dsl/index.ts";
import { laterStore } from "../online/later-store.ts";
import { loadedAt, servedProject, type ServedProject } from "../../serving/served-project.ts";
import { ServedLog } from "../../../src/featurestore/served/index.ts";
import { readServed } from "./read-served.ts";

let project: ServedProject;
let vector: VectorPlan;
beforeAll(async () => {
  project = await servedProject({ served: { rate: 1 } });
  vector = project.manifest.vector.plan;
});
afterAll(() => project.close());

type Rows = Awaited<ReturnType<typeof readServed>>;

/** All that is public once everything is compacted. */
async function compacted(plan: VectorPlan = vector): Promise<Rows> {
  const { tondo } = project;
  await tondo.served.compact();
  const { days } = await tondo.served.list();
  const engine = await Engine.open({ threads: 1 });
  const files = days.filter((day) => day.vector === plan.name).flatMap((day) => day.files);
  const rows = await readServed(engine, files, servedColumns(plan));
  engine.close();
  return rows;
}

const keys = { store: "r1", other: "r2", town: "bonn" };

describe("what an opened folder serves", () => {
  it("is logged with predictions: what was read, what the model was fed, what it said, which it was", async () => {
    const { tondo } = project;
    const asked = ["r1", "r2", "new", null].map((store) => ({ keys: { ...keys, store }, inputs: { km: 2.5, q: 7 } }));
    const predictions = await Promise.all([
      ...asked.map((one) => tondo.predict("eta@champion", { ...one, at: loadedAt })),
      tondo.predict("eta@champion", { keys, inputs: { km: 0.1 }, at: loadedAt, partition: ["north"] }),
      tondo.predict("eta@champion", { keys, inputs: { km: 0.1 }, at: loadedAt, partition: ["nowhere"] }),
    ]);
    const { requestId } = await tondo.predict("eta@champion", { keys, inputs: { km: 1 }, at: loadedAt, log: false });
    expect(requestId).toBeUndefined();
    const partitions = [...asked.map((): string[] => []), ["north"], ["nowhere"]];
    const rows = await compacted();
    expect(rows.size).toBe(predictions.length);
    for (const [i, prediction] of predictions.entries()) {
      const row = rows.get(prediction.requestId ?? "");
      expect(row).toMatchObject({
        served_by: "predict",
        requested_at: Number(loadedAt),
        vector: "eta",
        model: "eta",
        model_version: prediction.version.id,
        tag: "champion",
        partition: partitions[i] ?? [],
        partition_answered: prediction.path,
        score: prediction.prediction,
        key__store: asked[i]?.keys.store === undefined ? "r1" : asked[i].keys.store,
        key__town: "bonn",
        input__km: i < asked.length ? 2.5 : 0.1,
        input__q: i < asked.length ? 7 : null,
      });
      for (const [id, { value, status }] of Object.entries(prediction.features)) {
        expect([id, row?.[id]]).toEqual([id, value]);
        expect(row?.[`status__${id}`]).toBe(status);
      }
      for (const [slot, value] of Object.entries(prediction.vector)) {
        expect([slot, row?.[`slot__${slot}`]]).toEqual([slot, value]);
      }
    }
    expect(new Set(predictions.map(({ path }) => path.length)).size).toBe(2);
  });

  it("is logged with what is read of vectors, by name and prepared, each answer by itself", async () => {
    const { tondo } = project;
    const before = await compacted();
    const features = await tondo.features();
    const many = ["r1", "r3", "r5"].map((store) => ({ ...keys, store }));
    const answers = await features.get("eta", many, { at: loadedAt });
    const one = await features.get("eta", keys, { at: loadedAt, log: false });
    expect(one.requestId).toBeUndefined();
    const columns = { store: "r5", other: null, town: null, km: 3, q: null };
    const prepared = await features.prepare("eta").read({ columns }, Number(loadedAt));
    await features.prepare("eta").read({ columns }, Number(loadedAt), { log: false });
    const rows = new Map([...(await compacted())].filter(([id]) => !before.has(id)));
    expect([...rows.keys()].sort()).toEqual([...answers.map(({ requestId }) => requestId), prepared.requestId].sort());
    for (const [i, answer] of answers.entries()) {
      const row = rows.get(answer.requestId ?? "");
      expect(row).toMatchObject({
        served_by: "get",
        key__store: many[i]?.store,
        input__km: null,
        score: null,
        slot__n: null,
      });
      const stored = answer.values["store"]?.["store:kitchen:n_1d"];
      expect(row?.["store__store__kitchen__n_1d"]).toBe(stored?.value);
      expect(row?.["status__store__store__kitchen__n_1d"]).toBe(stored?.status);
    }
    expect(rows.get(prepared.requestId ?? "")).toMatchObject({ served_by: "prepare", key__store: "r5", input__km: 3 });
    expect(tondo.served.stats()).toMatchObject({ dropped: 0, failures: 0 });
  });

  it("is what is trained on: the log's predictions replayed are the same to the bit", async () => {
    const { tondo } = project;
    await compacted();
    const { consistent, features, slots } = await tondo.consistency("eta");
    expect(consistent).toBe(true);
    const all = [...features, ...slots];
    expect(all.length).toBe(vector.reads.length + vector.slots.length);
    expect(all.map(({ name, equal }) => [name, equal > 4])).toEqual(all.map(({ name }) => [name, true]));
  });

  it("is logged of stores that answer later, too", async () => {
    const { tondo, small } = project;
    const store = LmdbStore.open({ folder: join(small.folder, ".tondo", "online") });
    const log = await ServedLog.open(tondo.home, { rate: 1 }, () => Number(loadedAt));
    const plan = await tondo.project();
    const features = createFeatureReader({ project: plan, store: laterStore(store).store, log });
    const prepared = await features.prepare("plain").read({ columns: { store: "r1" } }, Number(loadedAt));
    const [row] = await features.get("plain", [{ store: "r2" }], { at: loadedAt });
    await log.close();
    await store.close();
    const plain = plan.vectors.find(({ name }) => name === "plain") ?? vector;
    expect([...(await compacted(plain)).keys()].sort()).toEqual([prepared.requestId, row?.requestId].sort());
  });
});
