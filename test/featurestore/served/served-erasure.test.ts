import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine, servedColumns, ServedLog } from "../../../src/featurestore/index.ts";
import type { VectorPlan } from "../../../src/dsl/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { unpublishedFolder } from "../../../src/featurestore/served/served-places.ts";
import { LmdbStore } from "../../../src/lmdb.ts";
import { open } from "../../../src/open.ts";
import { join } from "node:path";
import { loadedAt, servedProject, type ServedProject } from "../../serving/served-project.ts";
import { readServed } from "./read-served.ts";

let project: ServedProject;
let vector: VectorPlan;
beforeAll(async () => {
  project = await servedProject({ served: { rate: 1 } });
  vector = project.manifest.vector.plan;
});
afterAll(() => project.close());

/** The keys of the public rows. */
async function publicKeys(): Promise<readonly (readonly unknown[])[]> {
  const { days } = await project.tondo.served.list();
  const engine = await Engine.open({ threads: 1 });
  const rows = await readServed(
    engine,
    days.flatMap(({ files }) => files),
    servedColumns(vector),
  );
  engine.close();
  return [...rows.values()].map((row) => [row["key__store"], row["key__other"], row["key__town"]]);
}

const ask = async (...keys: readonly Record<string, string | null>[]): Promise<void> => {
  const features = await project.tondo.features();
  await features.get("eta", [...keys], { at: loadedAt });
};

const counts = ({ places }: Awaited<ReturnType<ServedProject["tondo"]["erase"]>>): unknown =>
  places.filter(({ place }) => place === "served features").map(({ before, after }) => [before, after]);

describe("the log of served features", () => {
  it("loses the rows of an erased key, by whichever role it was asked for, wherever they are, and no other", async () => {
    const { tondo } = project;
    const [a, b, c] = [
      { store: "r1", other: "r2", town: "bonn" },
      { store: "r2", other: "r1", town: "ulm" },
      { store: "r3", other: "r2", town: "r1" },
    ];
    await ask(a, b, c);
    await tondo.served.compact();
    await ask(a, c);
    const entity = vector.roles.find(({ role }) => role === "store")?.entity ?? "";
    const asked = await tondo.erase(entity, "r1", { dryRun: true });
    expect(counts(asked)).toEqual([[3, 3]]);
    expect(await publicKeys()).toHaveLength(3);
    const done = await tondo.erase(entity, "r1");
    expect(counts(done)).toEqual([[3, 0]]);
    expect(await publicKeys()).toEqual([Object.values(c), Object.values(c)]);
    expect(counts(await tondo.erase(entity, "r1"))).toEqual([[0, 0]]);
    // Days of which no row is left have no file.
    await tondo.erase(entity, "r2");
    expect(await publicKeys()).toEqual([]);
    expect((await tondo.served.list()).days).toEqual([]);
    await ask(a);
    await tondo.served.compact();
    expect(await publicKeys()).toEqual([Object.values(a)]);
  });

  it("is not said to be rid of a key that stands in the journal of a process that lives", async () => {
    const { tondo, small } = project;
    const entity = vector.roles.find(({ role }) => role === "store")?.entity ?? "";
    const log = await ServedLog.open(tondo.home, { rate: 1, sealAfterMs: 3_600_000 }, () => Number(loadedAt));
    const store = LmdbStore.open({ folder: join(tondo.home, "online"), readOnly: true });
    const features = createFeatureReader({ project: await tondo.project(), store, log });
    await features.get("eta", [{ store: "r9", other: "r8", town: "bonn" }], { at: loadedAt });
    await log.flush();
    await using another = await open({ folder: small.folder });
    await expect(another.erase(entity, "r9")).rejects.toMatchObject({
      code: "ERASE_INCOMPLETE",
      details: { places: [{ place: "served features", before: 1, after: 1 }] },
    });
    await log.close();
    await store.close();
    expect(counts(await another.erase(entity, "r9"))).toEqual([[1, 0]]);
    const folder = unpublishedFolder(tondo.home);
    expect(existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".compacting")) : []).toEqual([]);
  });

  it("knows the rows of a key whose columns are hashed", async () => {
    const pii = { columns: new Set(["key__store"]), hashKey: "a secret" };
    await using hashing = await open({ folder: project.small.folder, served: { rate: 1, pii } });
    const features = await hashing.features();
    await features.get("eta", [{ store: "r7", other: "r8", town: "bonn" }], { at: loadedAt });
    const entity = vector.roles.find(({ role }) => role === "store")?.entity ?? "";
    expect(counts(await hashing.erase(entity, "r7"))).toEqual([[1, 0]]);
  });
});
