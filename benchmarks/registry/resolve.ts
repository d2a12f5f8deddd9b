import { deepStrictEqual } from "node:assert/strict";
import { sql } from "kysely";
import type { Database } from "../../src/database/index.ts";
import type { PartitionPath, Resolution } from "../../src/registry/index.ts";
import { startPostgres } from "../../test/servers/postgres.ts";
import type { Case, Contest } from "../harness/suite.ts";
import { cycle, fill, model, nodePaths, openWorld, reference, tag } from "./world.ts";

const lookUps = 1000;

/** Paths of three names: with the global node four levels. */
function cities(): readonly PartitionPath[] {
  return nodePaths().filter((path) => path.length === 3);
}

/** What serving does for each request. */
export const resolveSnapshot: Case = {
  name: "resolve-snapshot",
  against: "bare Map, key joined",
  unit: "ns/resolve",
  async setup() {
    const world = await openWorld();
    const paths = cities();
    await fill(world, nodePaths());
    const snapshot = await world.registry.resolver().snapshot(model);
    const bare = new Map(paths.map((path) => [path.join("/"), snapshot.resolve(tag, path).version.id]));
    const [next, nextBare] = [cycle(paths), cycle(paths)];
    return {
      pieces: lookUps,
      ours: () => {
        let length = 0;
        for (let i = 0; i < lookUps; i++) length += snapshot.resolve(tag, next()).version.id.length;
        return length;
      },
      baseline: () => {
        let length = 0;
        for (let i = 0; i < lookUps; i++) length += bare.get(nextBare().join("/"))?.length ?? 0;
        return length;
      },
      verify: async () => {
        for (const path of paths.slice(0, 100)) {
          const { version } = await world.registry.resolve(reference, path);
          deepStrictEqual([snapshot.resolve(tag, path).version.id, bare.get(path.join("/"))], [version.id, version.id]);
        }
      },
      close: () => world.close(),
    };
  },
};

/** The same with the reference parsed, freshness checked and the promise that serving waits for. */
export const resolveWarm: Case = {
  name: "resolve-warm",
  against: "bare Map, key joined, awaited",
  unit: "ns/resolve",
  async setup() {
    const world = await openWorld();
    const paths = cities();
    await fill(world, nodePaths());
    const resolver = world.registry.resolver();
    const snapshot = await resolver.snapshot(model);
    const bare = new Map(paths.map((path) => [`${reference}/${path.join("/")}`, snapshot.resolve(tag, path)]));
    const lookUp = async (path: PartitionPath): Promise<Resolution | undefined> =>
      Promise.resolve(bare.get(`${reference}/${path.join("/")}`));
    const [next, nextBare] = [cycle(paths), cycle(paths)];
    return {
      pieces: lookUps,
      ours: async () => {
        let length = 0;
        for (let i = 0; i < lookUps; i++) length += (await resolver.resolve(reference, next())).version.id.length;
        return length;
      },
      baseline: async () => {
        let length = 0;
        for (let i = 0; i < lookUps; i++) length += (await lookUp(nextBare()))?.version.id.length ?? 0;
        return length;
      },
      verify: async () => {
        for (const path of paths.slice(0, 100)) {
          deepStrictEqual(await resolver.resolve(reference, path), await lookUp(path));
        }
      },
      close: () => world.close(),
    };
  },
};

/** A model asked for the first time, or by a program that asks once. */
export const resolveColdSqlite: Case = {
  name: "resolve-cold-sqlite",
  against: "the same query through Kysely",
  unit: "us/resolve",
  setup: () => cold(undefined, async () => undefined),
};

/** The same on PostgreSQL over loopback. */
export const resolveColdPostgres: Case = {
  name: "resolve-cold-postgres",
  against: "the same query through Kysely",
  unit: "us/resolve",
  async setup() {
    const server = await startPostgres();
    return cold(server.url, () => server.stop());
  },
};

async function cold(url: string | undefined, stop: () => Promise<void>): Promise<Contest> {
  const world = await openWorld(url);
  const paths = cities();
  await fill(world, nodePaths());
  // A server that runs for a minute does it by itself; before, PostgreSQL takes the tables for empty and reads all tags.
  await sql`analyze`.execute(world.database.queries);
  const [next, nextBare] = [cycle(paths), cycle(paths)];
  return {
    pieces: 1,
    ours: () => world.registry.resolve(reference, next()),
    baseline: () => byHand(world.database, nextBare()),
    verify: async () => {
      for (const path of paths.slice(0, 20)) {
        const { version, level } = await world.registry.resolve(reference, path);
        const hand = await byHand(world.database, path);
        deepStrictEqual([hand?.id, hand?.package_digest, "city"], [version.id, version.packageDigest, level]);
      }
    },
    close: async () => {
      await world.close();
      await stop();
    },
  };
}

/** What somebody would write who knows the tables and wants the version alone. */
async function byHand(database: Database, path: PartitionPath) {
  const ways = path.map((_, up) => JSON.stringify(path.slice(0, path.length - up))).concat("[]");
  const rows = await database.queries
    .selectFrom("models")
    .leftJoin("tags", (join) =>
      join
        .onRef("tags.model", "=", "models.name")
        .on("tags.tag", "=", tag)
        .on("tags.path", "in", ways)
        .on("tags.version_id", "is not", null),
    )
    .leftJoin("versions", "versions.id", "tags.version_id")
    .select(["models.levels", "versions.id", "versions.model", "versions.number", "versions.path"])
    .select(["versions.package_digest", "versions.vector_name", "versions.vector_fingerprint"])
    .where("models.name", "=", model)
    .execute();
  for (const way of ways) {
    const found = rows.find((row) => row.path === way);
    if (found !== undefined) return found;
  }
  return undefined;
}
