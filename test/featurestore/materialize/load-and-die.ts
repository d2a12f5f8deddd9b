/** A process that loads the sample and is killed at the n-th operation of the store: `folder asOf n`. */
import { argv } from "node:process";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { mortalAt } from "../mortal.ts";
import { sampleProject } from "../online/sample-project.ts";
import { storeLike } from "../online/store-like.ts";

const [, , folder = "", asOf = "", fatal = ""] = argv;
const mortal = mortalAt(Number(fatal));
const real = LmdbStore.open({ folder: `${folder}/online` });
const store = storeLike(real, {
  begin: async (group) => {
    const writer = await mortal(async () => real.begin(group));
    return { ...writer, write: async (batch) => mortal(async () => writer.write(batch)) };
  },
  switchPointers: async (switches) => mortal(async () => real.switchPointers(switches)),
});
const engine = await Engine.open({ threads: 1 });
await materialize({
  project: sampleProject,
  folder,
  home: folder,
  store,
  engine,
  asOf: BigInt(asOf),
});
engine.close();
await store.close();
