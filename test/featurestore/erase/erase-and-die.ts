/** A process that erases SFO from the sample and is killed at the n-th change of the store: `folder n`. */
import { argv } from "node:process";
import { connect } from "../../../src/database/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { erase } from "../../../src/featurestore/erase/erase.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { mortalAt } from "../mortal.ts";
import { noon, sampleProject } from "../online/sample-project.ts";
import { storeLike } from "../online/store-like.ts";

const [, , folder = "", fatal = ""] = argv;
const mortal = mortalAt(Number(fatal));
const real = LmdbStore.open({ folder: `${folder}/online` });
const store = storeLike(real, {
  groups: async () => mortal(async () => real.groups()),
  erase: async (group, keys) => mortal(async () => real.erase(group, keys)),
});
const engine = await Engine.open({ threads: 1 });
const database = await connect({ url: `sqlite:${folder}/tondo.db` });
await erase({
  ...{ project: sampleProject, folder, home: folder, entity: "airport", key: "SFO", database, store, engine },
  ...{ logs: [], actor: "ops", clock: () => noon },
  evict: () => {
    void mortal(() => Promise.resolve());
  },
});
engine.close();
await database.close();
await store.close();
