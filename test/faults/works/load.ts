import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { namedStore } from "../named-store.ts";
import { acknowledge } from "../point.ts";
import { agree, historyOf, loadedAsOf, loadedTwice, loadHistory, momentsOf, openStore } from "../random-home.ts";
import type { Work } from "../work.ts";

/** Two loads behind two others, of a random history: each drops the one before the last. */
export const load: Work = {
  name: "load",
  points: [
    "begin a generation: commit",
    "copy records: commit",
    "write a batch: commit",
    "write when rows were applied: commit",
    "switch pointers: fsync",
    "switch pointers: commit",
    "switch pointers: fsync 2",
    "drop a generation: commit",
    "drop a generation: fsync",
  ],
  prepare: loadedTwice,
  run: async (home, seed) => {
    const history = historyOf(seed);
    const engine = await Engine.open({ threads: 1 });
    const real = openStore(home);
    for (const at of momentsOf(history).slice(2)) {
      await loadHistory(history, home, at, { store: namedStore(real), engine });
      acknowledge(String(at));
    }
    engine.close();
    await real.close();
  },
  check: async (home, seed, acknowledged, engine) => {
    const history = historyOf(seed);
    const [, before = 0, ...own] = momentsOf(history);
    const last = own.at(-1) ?? before;
    const store = openStore(home);
    try {
      const at = await loadedAsOf(history, store);
      const least = Number(acknowledged.at(-1) ?? before);
      if (at < least || ![before, ...own].includes(at))
        throw new Error(`as of ${String(at)} is current, and ${String(least)} was acknowledged`);
      await agree(history, store, at);
      await loadHistory(history, home, last, { store, engine });
      if ((await loadedAsOf(history, store)) !== last) throw new Error("the next load is not current");
      await agree(history, store, last);
      for (const group of await store.groups()) {
        const kept = await store.generations(group);
        // What a killed load has left of a group that did not change since goes when it is loaded next.
        if (kept.length > 3) throw new Error(`${group} keeps generations ${kept.join(", ")}`);
      }
    } finally {
      await store.close();
    }
  },
};
