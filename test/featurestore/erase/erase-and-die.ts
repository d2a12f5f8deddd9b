/** A process that erases SFO from the sample and is killed at the n-th change of the store: `folder n`. */
import { argv, kill, pid } from "node:process";
import { connect } from "../../../src/database/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { erase } from "../../../src/featurestore/erase/erase.ts";
import type { OnlineStore } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { noon, sampleProject } from "../online/sample-project.ts";

const [, , folder = "", fatal = ""] = argv;
let left = Number(fatal);

/** Counts an operation; what comes after it is what comes before the next. */
async function mortal<T>(work: () => Promise<T>): Promise<T> {
  if (left-- === 0) kill(pid, "SIGKILL");
  return work();
}

const real = LmdbStore.open({ folder: `${folder}/online` });
const store: OnlineStore = {
  kind: real.kind,
  switchLead: real.switchLead,
  view: (groups) => real.view(groups),
  begin: async (group) => real.begin(group),
  switchPointers: async (switches) => real.switchPointers(switches),
  generations: async (group) => real.generations(group),
  drop: async (group, generation) => real.drop(group, generation),
  groups: async () => mortal(async () => real.groups()),
  recordsOf: async (group, keys) => real.recordsOf(group, keys),
  erase: async (group, keys) => mortal(async () => real.erase(group, keys)),
  afterErasure: real.afterErasure,
  close: async () => real.close(),
};
const engine = await Engine.open({ threads: 1 });
const database = await connect({ url: `sqlite:${folder}/tondo.db` });
await erase({
  ...{ project: sampleProject, folder, home: folder, entity: "airport", key: "SFO", database, store, engine },
  ...{ logs: [], actor: "ops", clock: () => noon },
  evict: (group) => (group === "airport:place" ? mortal(() => Promise.resolve()) : Promise.resolve()),
});
engine.close();
await database.close();
await store.close();
