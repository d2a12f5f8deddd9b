import { silentProgress } from "../../../src/core/index.ts";
import { connect, type Database } from "../../../src/database/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { erase as eraseKey, type EraseOptions, type EraseResult } from "../../../src/featurestore/erase/erase.ts";
import { listErasures } from "../../../src/featurestore/erase/erasure-records.ts";
import { readErasedKeys } from "../../../src/featurestore/erase/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader, type OnlineStore } from "../../../src/featurestore/online/index.ts";
import { noon, sampleProject, sampleRows, writeSample } from "../../featurestore/online/sample-project.ts";
import { namedStore } from "../named-store.ts";
import { acknowledge, after, around, before } from "../point.ts";
import { openStore } from "../random-home.ts";
import type { Work } from "../work.ts";

const hour = 3_600_000_000;
const names = ["airport:departures:n_3h", "airport:weather:sky", "airport:place:tz"];

/** What is served of an airport for a moment. */
async function served(store: OnlineStore, airport: string, at: number): Promise<string> {
  const features = createFeatureReader({ project: sampleProject, store });
  const { values } = await features.get(names, { airport }, { at: BigInt(at) });
  return JSON.stringify(names.map((name) => values[name]?.value));
}

const whole = JSON.stringify([3, "clear", "America/Los_Angeles"]);
const gone = JSON.stringify([0, null, null]);
const other = JSON.stringify([0, "clear", null]);

/** Erases SFO. */
async function eraseSfo(
  home: string,
  rest: Pick<EraseOptions, "store" | "engine" | "database"> & Partial<EraseOptions>,
): Promise<EraseResult> {
  return eraseKey({
    ...{ project: sampleProject, folder: home, home, entity: "airport", key: "SFO", logs: [], actor: "ops" },
    ...{ clock: () => noon, evict: () => undefined, ...rest },
  });
}

/** A key is erased that four groups hold in two generations. */
export const erase: Work = {
  name: "erase",
  points: [
    "make the home",
    "write the secret of erasures",
    "fsync the secret of erasures",
    "rename the secret of erasures",
    "fsync the home",
    "commit the record of an erasure",
    "erase records: commit",
    "erase records: fsync",
    "commit the record that it is done",
  ],
  prepare: async (home, _seed, engine) => {
    await writeSample(home, sampleRows);
    const store = openStore(home);
    for (const at of [noon - hour, noon])
      await materialize({ project: sampleProject, folder: home, home, store, engine, asOf: BigInt(at) });
    await store.close();
    const database = await connect({ url: `sqlite:${home}/tondo.db` });
    await listErasures(database);
    await database.close();
  },
  run: async (home) => {
    const store = openStore(home);
    const engine = await Engine.open({ threads: 1 });
    const real = await connect({ url: `sqlite:${home}/tondo.db` });
    const database: Database = {
      ...real,
      transaction: (work) => around("commit the record of an erasure", () => real.transaction(work)),
    };
    // The last record is written between these two.
    const over = "commit the record that it is done";
    let asked = 0;
    const clock = (): number => {
      if (asked++ > 0) before(over);
      return noon;
    };
    let told = 0;
    const progress = {
      ...silentProgress,
      finish: (): void => {
        if (told++ > 0) after(over);
      },
    };
    await eraseSfo(home, { store: namedStore(store), engine, database, progress, clock });
    acknowledge("erased");
    engine.close();
    await database.close();
    await store.close();
  },
  check: async (home, _seed, acknowledged, engine) => {
    const store = openStore(home);
    const database = await connect({ url: `sqlite:${home}/tondo.db` });
    try {
      const isRecorded = (await listErasures(database)).length > 0;
      const found = await served(store, "SFO", noon);
      const isDone = acknowledged.length > 0;
      if (isDone ? found !== gone : !isRecorded && found !== whole)
        throw new Error(
          `${found} is served of a key, ${isDone ? "" : "not "}erased, ${isRecorded ? "" : "not "}recorded`,
        );
      if ((await served(store, "JFK", noon)) !== other) throw new Error("another key is served otherwise");
      // Once it is recorded no load brings it back, whatever was removed until then.
      const asOf = BigInt(noon + 1);
      const erased = (): ReturnType<typeof readErasedKeys> => readErasedKeys(database, home);
      await materialize({ project: sampleProject, folder: home, home, store, engine, asOf, erased });
      const loaded = await served(store, "SFO", noon + 1);
      if ((loaded === gone) !== isRecorded)
        throw new Error(`${loaded} was loaded of a key, recorded: ${String(isRecorded)}`);
      const { places } = await eraseSfo(home, { store, engine, database });
      if (places.some(({ after }) => after > 0)) throw new Error("it is still found");
      if ((await served(store, "SFO", noon + 1)) !== gone) throw new Error("it is still served");
      if ((await served(store, "JFK", noon + 1)) !== other) throw new Error("another key is served otherwise then");
    } finally {
      await database.close();
      await store.close();
    }
  },
};
