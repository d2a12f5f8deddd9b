import { deepStrictEqual } from "node:assert/strict";
import type { Case, FigureUnit } from "../harness/suite.ts";
import { type FeastWorld, openFeastWorld } from "./feast-world.ts";
import { at, ids, users, vectorOf, walk } from "./world.ts";

/** How many keys are compared before anything is measured, beside one that was never loaded. */
const compared = 1000;

/** Our side: one call for some keys, and their values in the order of the world's names; `null` where one is missing. */
interface Ours {
  readonly call: (keys: readonly string[]) => unknown;
  readonly values: (keys: readonly string[]) => Promise<readonly (readonly unknown[])[]>;
}

interface Reads {
  readonly name: string;
  readonly unit: FigureUnit;
  /** How many keys a call is for. */
  readonly keys: number;
  /** How many calls are made one after the other. */
  readonly calls: number;
  readonly ours: (world: FeastWorld) => Promise<Ours>;
}

/** Feast is asked by a feature service, and its answer read to Python values by name. */
function reads({ name, unit, keys, calls, ours }: Reads): Case {
  return {
    name,
    against: "Feast 0.67, SQLite online store, get_online_features in process",
    unit,
    // Until V8 has compiled what is measured.
    warmUps: 300,
    async setup() {
      const world = await openFeastWorld();
      const { call, values } = await ours(world);
      const list = ids(users);
      const [next, nextFeast] = [walk(list), walk(list)];
      const feast = await world.startFeast();
      return {
        pieces: calls,
        ours: async () => {
          let found: unknown;
          for (let i = 0; i < calls; i++) {
            const answer = call(Array.from({ length: keys }, next));
            found = answer instanceof Promise ? await answer : answer;
          }
          return found;
        },
        baseline: () => feast.read(Array.from({ length: calls }, () => Array.from({ length: keys }, nextFeast))),
        verify: async () => {
          const asked = [...list.slice(0, compared), "nobody"];
          deepStrictEqual(await values(asked), await feast.values(asked));
        },
        also: () => ({ peer_peak_mb: Math.round(feast.peak / 1e6) }),
        close: () => {
          feast.close();
        },
      };
    },
  };
}

/** By canonical name, the answer by name too. */
async function byName({ tondo, names }: FeastWorld): Promise<Ours> {
  const features = await tondo.features();
  const options = { at: BigInt(at) };
  const ask = (keys: readonly string[]) =>
    keys.length === 1
      ? features.get(names, { user: keys[0] ?? "" }, options)
      : features.get(
          names,
          keys.map((user) => ({ user })),
          options,
        );
  return {
    call: ask,
    values: async (keys) => [await ask(keys)].flat().map(({ values }) => names.map((name) => values[name]?.value)),
  };
}

/** By a vector that was prepared, the answer in the order of what it reads. */
async function byPreparedVector({ tondo, names }: FeastWorld): Promise<Ours> {
  const plan = await vectorOf(tondo, "states");
  const reader = (await tondo.features()).prepare(plan);
  const read = (user: string | undefined) => reader.read({ columns: { user: user ?? "" } }, at);
  const order = plan.reads.map(({ group, stored }) => `user:${group}:${stored}`);
  return {
    call: ([user]) => read(user),
    values: (keys) =>
      Promise.all(
        keys.map(async (user) => {
          const { values } = await read(user);
          return names.map((name) => {
            const value = values[order.indexOf(name)];
            return Number.isNaN(value) ? null : value;
          });
        }),
      ),
  };
}

/** Reads by key of what both have loaded from the same files. */
export const feastReads: readonly Case[] = [
  reads({ name: "lmdb-1-feast", unit: "us/key", keys: 1, calls: 200, ours: byName }),
  reads({ name: "lmdb-1-prepared-feast", unit: "us/key", keys: 1, calls: 200, ours: byPreparedVector }),
  reads({ name: "lmdb-100-feast", unit: "us/100 keys", keys: 100, calls: 5, ours: byName }),
];
