import { deepStrictEqual, equal } from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Database, VersionsTable } from "../../src/database/index.ts";
import { buildPackage } from "../../src/registry/index.ts";
import type { Case } from "../harness/suite.ts";
import { model, openWorld, tag } from "./world.ts";

const trainer = { name: "linear", version: "1" };
const pooled = 256;

/** Packages of 1 MB, each another: made before they are measured, as long as the pool lasts. */
function packages(): () => Uint8Array {
  const weights = new Uint8Array(1 << 20).map((_, i) => (i * 31) % 251);
  let made = 0;
  const make = (): Uint8Array => buildPackage({ "manifest.json": String(made++), "model.bin": weights });
  const pool = Array.from({ length: pooled }, make);
  return () => pool.pop() ?? make();
}

/** A version with a package of 1 MB: checked, hashed, synced, in the database. */
export const registerOneMegabyte: Case = {
  name: "register-1mb",
  against: "hash, write, fsync, one insert",
  unit: "ms/version",
  async setup() {
    const [world, hand] = [await openWorld(), await openWorld()];
    const next = packages();
    let number = 0;
    const store = async (bytes: Uint8Array): Promise<string> => {
      const digest = await writeByHand(join(hand.folder, "by-hand"), bytes);
      await hand.database.queries.insertInto("versions").values(versionRow(digest, ++number)).execute();
      return digest;
    };
    return {
      pieces: 1,
      ours: () => world.registry.registerVersion({ model, package: next(), trainer }),
      baseline: () => store(next()),
      verify: async () => {
        const bytes = next();
        const { version, created } = await world.registry.registerVersion({ model, package: bytes, trainer });
        const digest = await store(bytes);
        deepStrictEqual([version.packageDigest, created], [digest, true]);
        const { files } = await world.registry.loadPackage(digest);
        equal(files.get("model.bin")?.length, 1 << 20);
        const kept = await readFile(join(hand.folder, "by-hand", digest.slice(0, 2), `${digest}.zip`));
        equal(Buffer.compare(kept, bytes), 0);
      },
      close: async () => {
        await world.close();
        await hand.close();
      },
    };
  },
};

async function writeByHand(root: string, bytes: Uint8Array): Promise<string> {
  const digest = createHash("sha256").update(bytes).digest("hex");
  const folder = join(root, digest.slice(0, 2));
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `${digest}.part`);
  const file = await open(temporary, "wx");
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  await rename(temporary, join(folder, `${digest}.zip`));
  const within = await open(folder, "r");
  await within.sync();
  await within.close();
  return digest;
}

function versionRow(digest: string, number: number): VersionsTable {
  return {
    id: randomUUID(),
    model,
    number,
    path: "[]",
    content_digest: digest,
    package_digest: digest,
    vector_name: null,
    vector_fingerprint: null,
    trainer_name: trainer.name,
    trainer_version: trainer.version,
    configuration: "{}",
    parameters: "{}",
    metrics: "{}",
    training_set: null,
    holdout_set: null,
    parent_id: null,
    started_at: null,
    ended_at: null,
    labels: "{}",
    seed: null,
    environment: "{}",
    created_at: Date.now() * 1000,
    created_by: "bench",
  };
}

/** A tag moved from one version to another, if it is where it is expected. */
export const setTag: Case = {
  name: "set-tag",
  against: "compare-and-set and log entry by hand",
  unit: "ms/move",
  async setup() {
    const [world, hand] = [await openWorld(), await openWorld()];
    const bytes = ["a", "b"].map((salt) => buildPackage({ "manifest.json": salt }));
    const idsOf = async ({ registry }: typeof world): Promise<readonly [string, string]> => {
      const [a, b] = await registry.registerVersions(bytes.map((one) => ({ model, package: one, trainer })));
      return [a?.version.id ?? "", b?.version.id ?? ""];
    };
    const move = alternating(await idsOf(world), (versionId, expected) =>
      world.registry.setTag({ model, tag, versionId, expected, reason: "bench" }),
    );
    const moveByHand = alternating(await idsOf(hand), (versionId, expected) =>
      setTagByHand(hand.database, versionId, expected),
    );
    return {
      pieces: 1,
      ours: move,
      baseline: moveByHand,
      verify: async () => {
        for (let i = 0; i < 3; i++) await Promise.all([move(), moveByHand()]);
        const logs = [world, hand].map(({ registry }) => registry.tagHistory({ model, tag }));
        const [ours, byHand] = (await Promise.all(logs)).map((log) => log.map(({ seq, reason }) => [seq, reason]));
        deepStrictEqual(ours, byHand);
        equal(ours?.length, 3);
      },
      close: async () => {
        await world.close();
        await hand.close();
      },
    };
  },
};

function alternating<T>(
  [a, b]: readonly [string, string],
  move: (versionId: string, expected: string | null) => Promise<T>,
): () => Promise<T> {
  let now: string | null = null;
  return async () => {
    const expected = now;
    now = now === a ? b : a;
    return move(now, expected);
  };
}

function setTagByHand(database: Database, versionId: string, expected: string | null): Promise<number> {
  return database.transaction(async (transaction) => {
    const current = await transaction
      .selectFrom("tags")
      .select(["version_id", "seq"])
      .where("model", "=", model)
      .where("tag", "=", tag)
      .where("path", "=", "[]")
      .executeTakeFirst();
    if ((current?.version_id ?? null) !== expected) throw new Error("somebody moved it");
    const seq = (current?.seq ?? 0) + 1;
    const row = { model, tag, path: "[]", seq, version_id: versionId, pinned: 0 };
    const entry = { actor: "bench", reason: "bench", at: Date.now() * 1000, change_id: randomUUID() };
    await transaction
      .insertInto("tag_changes")
      .values({ ...row, ...entry, previous_version_id: expected, previous_pinned: 0 })
      .execute();
    await transaction
      .insertInto("tags")
      .values(row)
      .onConflict((conflict) => conflict.columns(["model", "tag", "path"]).doUpdateSet({ seq, version_id: versionId }))
      .execute();
    return seq;
  });
}
