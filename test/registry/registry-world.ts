import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Database } from "../../src/database/index.ts";
import {
  buildPackage,
  folderArtifacts,
  type NewVersion,
  openRegistry,
  type PartitionPath,
  type Registry,
} from "../../src/registry/index.ts";

/** A registry on an empty database with an artifact folder of its own and a clock that tests set. */
export interface RegistryWorld {
  readonly url: string;
  readonly folder: string;
  readonly database: Database;
  readonly registry: Registry;
  readonly clock: { now: number };
  close(): Promise<void>;
}

export async function openRegistryWorld(url: string): Promise<RegistryWorld> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-registry-"));
  const database = await connect({ url });
  const clock = { now: 1_700_000_000_000_000 };
  const artifacts = folderArtifacts(folder);
  return {
    url,
    folder,
    database,
    clock,
    registry: openRegistry({ database, artifacts, clock: () => clock.now++, actor: "tester" }),
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A small version; what `salt` says makes it another one. */
export function newVersion(model: string, path: PartitionPath = [], salt: string | number = ""): NewVersion {
  return {
    model,
    path,
    package: buildPackage({ "manifest.json": "{}", "model.json": JSON.stringify({ path, salt }) }),
    vector: { name: "v", fingerprint: "f".repeat(64) },
    trainer: { name: "linear", version: "1.0.0" },
    metrics: { rmse: 1.5, auc: null },
  };
}
