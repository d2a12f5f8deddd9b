import { join } from "node:path";
import {
  atRest,
  type ComputedVectors,
  computeVectors,
  Engine,
  readAppliedLogs,
  type TrainingSet,
} from "../../src/featurestore/index.ts";
import { LmdbStore } from "../../src/lmdb.ts";
import { type Tondo, TondoError } from "../../src/index.ts";
import type { ServedVector } from "./compare-vectors.ts";
import type { TondoProject } from "./tondo.d.ts";

/**
 * The vectors that training has for requests which were served from a home: over the sources' files and the log of what was streamed there, each row known from the moment on
 * from which it was served. `tondo.consistency` does that for logged requests; this gives the values themselves.
 *
 * @param home the home, which is open nowhere
 * @throws TondoError `ABORTED`, and what reading and computing throw
 */
export async function trainedVectors(
  { folder, catalog }: Pick<Tondo<TondoProject>, "folder" | "catalog">,
  home: string,
  { manifest }: TrainingSet,
  served: readonly ServedVector[],
  signal?: AbortSignal,
): Promise<ComputedVectors> {
  const store = LmdbStore.open({ folder: join(home, "online") });
  try {
    const definitions = await catalog.project();
    const engine = (): Promise<Engine> => Engine.open({ spillFolder: join(home, "spill") });
    // Nobody was erased.
    const erased = (): Promise<() => undefined> => Promise.resolve(() => undefined);
    const { vectors } = await atRest(definitions, { home, folder, store, engine, erased });
    const vector = vectors.find(({ name }) => name === manifest.vector.name);
    if (vector === undefined) throw new TondoError("UNKNOWN_VECTOR", `there is no vector "${manifest.vector.name}"`);
    const groups = vector.groups.map(({ entity, name }) => `${entity}:${name}`);
    return await computeVectors({
      ...{ vector, fitted: manifest.fitted, folder },
      ...(signal === undefined ? {} : { signal }),
      applied: await readAppliedLogs(store, groups),
      rows: served.map(({ at, departure: { origin, destination, distance } }) => ({
        ...{ at, origin, destination, distance },
      })),
    });
  } finally {
    await store.close();
  }
}
