/** A process that pushes and loads, says what it was told stands, and is killed at the n-th operation of the store: `folder start n`. */
import { writeSync } from "node:fs";
import { argv } from "node:process";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { pushing } from "../../../src/featurestore/pushed/index.ts";
import { mortalAt } from "../mortal.ts";
import { noon, sampleProject } from "../online/sample-project.ts";
import { storeLike } from "../online/store-like.ts";

const [, , folder = "", start = "", fatal = ""] = argv;
const mortal = mortalAt(Number(fatal));
const real = LmdbStore.open({ folder: `${folder}/online`, limits: { pushLeadMs: 11 } });
const { pushed } = real;
const store = storeLike(real, {
  switchPointers: async (switches) => mortal(async () => real.switchPointers(switches)),
  pushed: {
    lead: pushed.lead,
    feed: async (feeds) => mortal(async () => pushed.feed(feeds)),
    starve: async (...given) => mortal(async () => pushed.starve(...given)),
    push: async (push) => mortal(async () => pushed.push(push)),
    positions: async (source) => pushed.positions(source),
    move: async (...given) => mortal(async () => pushed.move(...given)),
    identity: async () => pushed.identity(),
    close: async (...given) => mortal(async () => pushed.close(...given)),
    logged: async (source, after, limit) => mortal(async () => pushed.logged(source, after, limit)),
    dropLogged: async (...asked) => mortal(async () => pushed.dropLogged(...asked)),
    overlays: async (...asked) => mortal(async () => pushed.overlays(...asked)),
    drop: async (...asked) => mortal(async () => pushed.drop(...asked)),
    retire: async (...asked) => mortal(async () => pushed.retire(...asked)),
  },
});
let now = Number(start);
const clock = (): number => (now += 1);
const engine = await Engine.open({ threads: 1 });
const push = pushing({ project: sampleProject, store, clock, erased: () => Promise.resolve(() => undefined) });
for (let n = 0; ; n++) {
  const row = { origin: "NEW", destination: "LAX", delay: now, at: noon };
  const { appliedAt } = await push("flights", [row]);
  now = Math.max(now, appliedAt);
  writeSync(1, `${String(row.delay)} ${String(appliedAt)}\n`);
  if (n % 2 === 1) {
    await materialize({ ...{ project: sampleProject, folder, home: folder, store, engine, clock }, asOf: BigInt(now) });
  }
}
