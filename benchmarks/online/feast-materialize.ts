import { deepStrictEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { open } from "../../src/index.ts";
import { scaled } from "../harness/scale.ts";
import type { Case } from "../harness/suite.ts";
import { FeastOnline, profileFields } from "./feast-online.ts";
import { loading, makeLoads } from "./loads.ts";
import { userId } from "./world.ts";

/** How many keys are compared at once. */
const compared = 5000;

/** Loads of so many keys with ten features, from a file to what a restart leaves in place. */
function loads(name: string, keys: number, settings: Partial<Case> = {}): Case {
  return {
    name,
    against: `Feast 0.67, materialize into its SQLite online store, ${keys.toLocaleString("en")} keys each`,
    unit: "us/key",
    rounds: 5,
    warmUps: 1,
    ...settings,
    async setup() {
      const folder = await makeLoads(keys);
      const tondo = await open({ folder, actor: "bench" });
      await tondo.apply();
      const load = loading(tondo, keys);
      const view = { path: join(folder, "states.parquet"), time: "updated_at", fields: profileFields };
      const feast = await FeastOnline.start(join(folder, "feast"), { state: view });
      return {
        pieces: keys,
        ours: load,
        baseline: () => feast.materialize(),
        verify: async () => {
          await load();
          await feast.materialize();
          const features = await tondo.features();
          const at = BigInt(await features.loadedMoment());
          const names = Object.keys(profileFields).map((field) => `user:state:${field}`);
          for (let from = 0; from < keys; from += compared) {
            const ids = Array.from({ length: Math.min(compared, keys - from) }, (_, i) => userId(from + i));
            const rows = await features.get(
              names,
              ids.map((user) => ({ user })),
              { at },
            );
            equal(rows.length, ids.length);
            const found = rows.map(({ values }) => names.map((one) => values[one]?.value));
            deepStrictEqual(found, await feast.values(ids));
          }
        },
        also: () => ({ peer_peak_mb: Math.round(feast.peak / 1e6) }),
        close: async () => {
          feast.close();
          await tondo.close();
        },
      };
    },
  };
}

/** Loads by both; a million keys take Feast minutes each time, so they are loaded on request only. */
export const feastLoads: readonly Case[] = [
  loads("materialize-lmdb-feast-100k", scaled(100_000, 5000)),
  loads("materialize-lmdb-feast-1m", scaled(1_000_000, 5000), { onRequest: true }),
];
