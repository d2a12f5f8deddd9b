import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Database } from "../../src/database/index.ts";
import {
  buildPackage,
  folderArtifacts,
  openRegistry,
  type PartitionPath,
  type Registry,
} from "../../src/registry/index.ts";

/** A registry in a folder of its own. */
export interface World {
  readonly folder: string;
  readonly database: Database;
  readonly registry: Registry;
  close(): Promise<void>;
}

export const model: string = "flights/delay";
export const tag: string = "champion";
export const reference: string = `${model}@${tag}`;

/** Opens a registry; on SQLite in the folder where no URL is given. */
export async function openWorld(url?: string): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-bench-registry-"));
  const database = await connect({ url: url ?? `sqlite:${join(folder, "tondo.db")}` });
  const registry = openRegistry({ database, artifacts: folderArtifacts(join(folder, "artifacts")), actor: "bench" });
  await registry.createModel({ name: model, levels: ["global", "country", "state", "city"] });
  return {
    folder,
    database,
    registry,
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** 10 countries of 20 states of 49 cities: with the global one 10,011 nodes. */
export function nodePaths(): readonly PartitionPath[] {
  const paths: PartitionPath[] = [[]];
  for (let c = 0; c < 10; c++) {
    const country = `Country ${String(c)}`;
    paths.push([country]);
    for (let s = 0; s < 20; s++) {
      const state = `State ${String(s)}`;
      paths.push([country, state]);
      for (let i = 0; i < 49; i++) paths.push([country, state, `City ${String(i)}`]);
    }
  }
  return paths;
}

/** Registers a tagged version for each node. */
export async function fill({ registry }: World, paths: readonly PartitionPath[]): Promise<void> {
  const bytes = buildPackage({ "manifest.json": "{}" });
  const registered = await registry.registerVersions(
    paths.map((path) => ({
      model,
      path,
      package: bytes,
      trainer: { name: "linear", version: "1" },
      vector: { name: "delay", fingerprint: "f".repeat(64) },
    })),
  );
  await registry.setTags(registered.map(({ version }) => ({ model, tag, path: version.path, versionId: version.id })));
}

/** Steps through a list, from its start again after its end; by a prime, so that neighbours are far apart. */
export function cycle<T>(list: readonly T[]): () => T {
  let i = 0;
  return () => {
    i = (i + 7919) % list.length;
    const one = list[i];
    if (one === undefined) throw new RangeError("an empty list has no next");
    return one;
  };
}
