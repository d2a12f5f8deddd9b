import { deepStrictEqual, equal } from "node:assert/strict";
import { type Fitted, type VectorPlan, walk as walkExpression } from "../../src/dsl/index.ts";
import { packageFiles } from "../../src/registry/index.ts";
import { allocatedBytes } from "../harness/allocated-bytes.ts";
import type { Case, Suite } from "../harness/suite.ts";
import { ByHand } from "./by-hand.ts";
import { cassandraCases } from "./cassandra.ts";
import { feastLoads } from "./feast-materialize.ts";
import { feastReads } from "./feast-reads.ts";
import { materializeCases } from "./materialize.ts";
import { servedLog } from "./served-log.ts";
import { underLoad } from "./under-load.ts";
import { at, ids, openWorld, users, vectorOf, viewers, walk, type World } from "./world.ts";

/** How many keys one call of a case asks for, one after the other. */
const calls = 200;

/** One key at a time through a prepared vector. */
function prepared(
  name: string,
  vector: string,
  list: readonly string[],
  hand: (by: ByHand, id: string) => unknown[],
): Case {
  return {
    name,
    against: "raw gets, decoded by hand",
    unit: "us/key",
    async setup() {
      const world = await openWorld();
      const by = new ByHand(world.store);
      const plan = await vectorOf(world.tondo, vector);
      const reader = (await world.tondo.features()).prepare(plan);
      const [next, nextHand] = [walk(list), walk(list)];
      return {
        pieces: calls,
        ours: () => {
          let found: unknown;
          for (let i = 0; i < calls; i++) found = reader.read({ columns: { user: next() } }, at);
          return found;
        },
        baseline: () => {
          let found: unknown;
          for (let i = 0; i < calls; i++) found = hand(by, nextHand());
          return found;
        },
        verify: async () => {
          for (const id of [...list.slice(0, 500), "nobody"]) {
            deepStrictEqual((await reader.read({ columns: { user: id } }, at)).values, hand(by, id), id);
          }
        },
        also: () => ({
          bytes_per_key: allocatedBytes(() => reader.read({ columns: { user: next() } }, at)),
          bytes_per_key_by_hand: allocatedBytes(() => hand(by, nextHand())),
        }),
        close: () => by.close(),
      };
    },
  };
}

/** A hundred keys in one call, by name. */
const hundred: Case = {
  name: "lmdb-100",
  against: "raw gets, decoded by hand",
  unit: "us/100 keys",
  // Until V8 has compiled what is measured.
  warmUps: 1000,
  async setup() {
    const world = await openWorld();
    const by = new ByHand(world.store);
    const features = await world.tondo.features();
    const { reads } = await vectorOf(world.tondo, "spend");
    const names = reads.map(({ group, stored }) => `user:${group}:${stored}`);
    const list = ids(users);
    const [next, nextHand] = [walk(list), walk(list)];
    const ask = (one: () => string) =>
      features.get(
        names,
        Array.from({ length: 100 }, () => ({ user: one() })),
        { at: BigInt(at) },
      );
    return {
      pieces: 1,
      ours: () => ask(next),
      baseline: () => Array.from({ length: 100 }, () => by.twenty(nextHand())),
      verify: async () => {
        const rows = await ask(walk(list));
        for (const [i, { values }] of rows.entries()) {
          const expected = by.twenty(list[i] ?? "").map((value) => (Number.isNaN(value) ? null : value));
          deepStrictEqual(
            names.map((name) => values[name]?.value),
            expected,
          );
        }
      },
      close: () => by.close(),
    };
  },
};

/** A whole prediction: resolution, features, vector, score, and all that a prediction says of itself. */
const predict: Case = {
  name: "predict",
  against: "raw gets, hand-written vector and dot product",
  unit: "us/prediction",
  async setup() {
    const world = await openWorld();
    const { tondo } = world;
    const by = new ByHand(world.store);
    const score = await scoreByHand(world);
    const list = ids(users);
    const [next, nextHand] = [walk(list), walk(list)];
    const ask = (user: string) => tondo.predict("spend@champion", { keys: { user }, at: BigInt(at) });
    return {
      pieces: calls,
      ours: async () => {
        let sum = 0;
        for (let i = 0; i < calls; i++) sum += (await ask(next())).prediction ?? 0;
        return sum;
      },
      baseline: () => {
        let sum = 0;
        for (let i = 0; i < calls; i++) sum += score(by.twenty(nextHand()));
        return sum;
      },
      verify: async () => {
        for (const id of list.slice(0, 500)) equal((await ask(id)).prediction, score(by.twenty(id)));
      },
      close: () => by.close(),
    };
  },
};

/** The model of `spend`, its statistics and weights put into plain arrays. */
async function scoreByHand({ tondo }: World): Promise<(values: readonly unknown[]) => number> {
  const { version } = await tondo.resolve("spend@champion");
  const { files } = await tondo.registry.loadPackage(version.packageDigest);
  const read = (name: string): unknown => JSON.parse(Buffer.from(files.get(name) ?? "").toString("utf8"));
  const { slots, reads } = read(packageFiles.vector) as VectorPlan;
  const places = slots.map(({ value }) => {
    const stored = [...walkExpression(value)].find(({ node }) => node === "stored");
    return reads.findIndex(({ id }) => stored?.node === "stored" && id === stored.name);
  });
  const fitted = read(packageFiles.fitted) as Fitted;
  const model = read(packageFiles.model) as { readonly weights: readonly number[]; readonly intercept: number };
  const fill = new Float64Array(slots.length);
  const mean = new Float64Array(slots.length);
  const deviation = new Float64Array(slots.length).fill(1);
  for (const [i, { value }] of slots.entries()) {
    if (value.node !== "fitted") continue;
    mean[i] = Number(fitted[value.fit]?.["mean"] ?? 0);
    deviation[i] = Number(fitted[value.fit]?.["sd"] ?? 1);
    if (value.arg.node === "fitted") fill[i] = Number(fitted[value.arg.fit]?.["value"] ?? 0);
  }
  const { weights, intercept } = model;
  const plan = slots.findIndex(({ name }) => name === "pro");
  return (values) => {
    let sum = intercept;
    for (let i = 0; i < weights.length; i++) {
      const value = values[places[i] ?? 0];
      let x = i === plan ? Number(value === "pro") : Number(value);
      if (x !== x) x = fill[i] ?? 0;
      sum += (weights[i] ?? 0) * ((x - (mean[i] ?? 0)) / (deviation[i] ?? 1));
    }
    return sum;
  };
}

const suite: Suite = {
  name: "online",
  cases: [
    prepared("lmdb-1", "spend", ids(users), (by, id) => by.twenty(id)),
    hundred,
    prepared("lmdb-windows", "watched", ids(viewers), (by, id) => by.fifteen(id)),
    predict,
    servedLog,
    underLoad,
    ...cassandraCases,
    ...materializeCases,
  ],
  peers: [...feastReads, ...feastLoads],
};

export default suite;
