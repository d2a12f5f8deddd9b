import type { History } from "../../oracle/history.ts";
import { generations, rollback as rollBack } from "../../../src/featurestore/generations/index.ts";
import type { OnlineStore } from "../../../src/featurestore/online/index.ts";
import { namedStore } from "../named-store.ts";
import { acknowledge } from "../point.ts";
import { agree, historyOf, loadedAsOf, loadedTwice, momentsOf, openStore } from "../random-home.ts";
import type { Work } from "../work.ts";

/** Groups whose second load was not the same as the first: those can go back. */
async function changed({ project }: History, home: string, store: OnlineStore): Promise<readonly string[]> {
  const held = await generations({ project, home, store });
  return held.flatMap(({ group, generations: all }) => (all.some(({ state }) => state === "previous") ? [group] : []));
}

/** All groups of a random history go back to the load before. */
export const rollback: Work = {
  name: "rollback",
  points: ["switch pointers: fsync", "switch pointers: commit", "switch pointers: fsync 2"],
  prepare: loadedTwice,
  run: async (home, seed) => {
    const history = historyOf(seed);
    const { project } = history;
    const real = openStore(home);
    const groups = await changed(history, home, real);
    await rollBack({ project, home, store: namedStore(real), groups, actor: "ops" });
    acknowledge("rolled back");
    await real.close();
  },
  check: async (home, seed, acknowledged) => {
    const history = historyOf(seed);
    const { project } = history;
    const [first = 0, second = 0] = momentsOf(history);
    const store = openStore(home);
    try {
      const at = await loadedAsOf(history, store);
      if (at !== first && (at !== second || acknowledged.length > 0))
        throw new Error(`as of ${String(at)} is current, and ${acknowledged.join(", ") || "nothing"} was acknowledged`);
      await agree(history, store, at);
      if (at === second)
        await rollBack({ project, home, store, groups: await changed(history, home, store), actor: "ops" });
      if ((await loadedAsOf(history, store)) !== first) throw new Error("it did not go back");
      await agree(history, store, first);
    } finally {
      await store.close();
    }
  },
};
