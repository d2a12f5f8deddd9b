import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { open, type Tondo } from "../../src/index.ts";
import { FeastOnline, type FeastView, profileFields } from "./feast-online.ts";
import { freshFolder, loadedAt, users, writeProfiles } from "./world.ts";

/** Two groups of ten features, loaded by ours and by Feast from the same two files. */
export interface FeastWorld {
  readonly tondo: Tondo;
  /** The canonical names of all features, in the order in which Feast gives their values. */
  readonly names: readonly string[];
  /** Feast in a process of its own, over what it has loaded. */
  readonly startFeast: () => Promise<FeastOnline>;
}

let world: Promise<FeastWorld> | undefined;

/** Made once for all cases; removed when the process ends. */
export function openFeastWorld(): Promise<FeastWorld> {
  world ??= makeWorld();
  return world;
}

async function makeWorld(): Promise<FeastWorld> {
  const folder = await freshFolder();
  const views: Record<string, FeastView> = {};
  for (const [seed, view] of ["profile", "habits"].entries()) {
    const file = `${view}.parquet`;
    await writeProfiles(folder, file, users, seed);
    views[view] = { path: join(folder, file), time: "updated_at", fields: profileFields };
  }
  const store = join(folder, "feast");
  const feast = await FeastOnline.start(store, views);
  try {
    await feast.materialize();
  } finally {
    feast.close();
  }
  await copyFile(join(import.meta.dirname, "states.tondo"), join(folder, "definitions.tondo"));
  const tondo = await open({ folder, actor: "bench" });
  process.once("beforeExit", () => {
    void tondo.close();
  });
  await tondo.apply();
  await tondo.materialize({ asOf: loadedAt });
  return {
    tondo,
    names: Object.entries(views).flatMap(([view, { fields }]) =>
      Object.keys(fields).map((field) => `user:${view}:${field}`),
    ),
    startFeast: () => FeastOnline.start(store, views),
  };
}
