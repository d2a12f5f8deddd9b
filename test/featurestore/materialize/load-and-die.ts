/** A process that loads the sample and is killed at the n-th operation of the store: `folder asOf n`. */
import { argv, kill, pid } from "node:process";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import type { OnlineStore } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { sampleProject } from "../online/sample-project.ts";

const [, , folder = "", asOf = "", fatal = ""] = argv;
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
  begin: async (group) => {
    const writer = await mortal(async () => real.begin(group));
    return { ...writer, write: async (batch) => mortal(async () => writer.write(batch)) };
  },
  switchPointers: async (switches) => mortal(async () => real.switchPointers(switches)),
  generations: async (group) => real.generations(group),
  drop: async (group, generation) => mortal(async () => real.drop(group, generation)),
  groups: () => real.groups(),
  recordsOf: (group, keys) => real.recordsOf(group, keys),
  erase: (group, keys) => real.erase(group, keys),
  afterErasure: real.afterErasure,
  close: async () => real.close(),
};
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
