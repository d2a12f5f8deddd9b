import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { noon, sampleProject, sampleRows, writeSample } from "./sample-project.ts";

/** The sample loaded into a store as of {@link noon}. */
export interface SampleStore {
  readonly store: LmdbStore;
  /** Loads some groups anew, as of a moment. */
  load(asOf: number, groups?: readonly string[]): Promise<void>;
  /** Replaces the sample's files. */
  write(rows: Parameters<typeof writeSample>[1]): Promise<void>;
  close(): Promise<void>;
}

/** Loads the sample, or some of its groups. */
export async function sampleStore(groups?: readonly string[]): Promise<SampleStore> {
  const folder = await mkdtemp(path.join(tmpdir(), "tondo-sample-"));
  const engine = await Engine.open({ threads: 1 });
  const store = LmdbStore.open({ folder: path.join(folder, "online") });
  const load: SampleStore["load"] = async (asOf, only) => {
    await materialize({
      project: sampleProject,
      folder,
      home: folder,
      store,
      engine,
      asOf: BigInt(asOf),
      ...(only === undefined ? {} : { groups: only }),
    });
  };
  await writeSample(folder, sampleRows);
  await load(noon, groups);
  return {
    store,
    load,
    write: (rows) => writeSample(folder, rows),
    close: async () => {
      engine.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
