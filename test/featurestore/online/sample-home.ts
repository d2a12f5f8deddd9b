import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { sampleRows, writeSample } from "./sample-project.ts";

/** The sample's files in a folder, and a store there that nothing was loaded into. */
export interface SampleHome {
  readonly folder: string;
  readonly store: LmdbStore;
  readonly engine: Engine;
}

/**
 * Gives each test of a file a {@link SampleHome} of its own; the engine is that of all.
 *
 * @param opened the store that is open when a test ends: it may have been opened anew
 */
export function eachInSampleHome(given: (home: SampleHome) => void, opened: () => LmdbStore): void {
  let engine: Engine;
  let folder: string;
  beforeAll(async () => {
    engine = await Engine.open({ threads: 1 });
  });
  afterAll(() => {
    engine.close();
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "tondo-sample-"));
    await writeSample(folder, sampleRows);
    given({ folder, engine, store: LmdbStore.open({ folder: path.join(folder, "online") }) });
  });
  afterEach(async () => {
    await opened().close();
    await rm(folder, { recursive: true });
  });
}
