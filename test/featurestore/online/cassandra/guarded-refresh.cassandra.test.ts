import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CassandraStore } from "../../../../src/featurestore/online/cassandra/index.ts";
import { load, readCurrent } from "../../../conformance/online-store.ts";
import { type FreshKeyspace, freshKeyspace } from "../../../servers/fresh-keyspace.ts";
import { type SlowProxy, slowProxy } from "../../../servers/slow-proxy.ts";

let fresh: FreshKeyspace;
let proxy: SlowProxy;
const escaped: unknown[] = [];
const onEscaped = (error: unknown): void => void escaped.push(error);
beforeAll(async () => {
  fresh = await freshKeyspace();
  proxy = await slowProxy(fresh.contactPoint);
  process.on("unhandledRejection", onEscaped);
});
afterAll(async () => {
  process.off("unhandledRejection", onEscaped);
  await proxy[Symbol.asyncDispose]();
  await fresh.drop();
});

it("keeps the process alive, and comes back, however often and whenever its connections are cut", async () => {
  const { localDataCenter, keyspace } = fresh;
  const limits = { readTimeoutMs: 1000, connectTimeoutMs: 1000, reconnectMs: 20, pointerAgeMs: 0 };
  const store = await CassandraStore.open({ contactPoints: [proxy.address], localDataCenter, keyspace, limits });
  try {
    await load(store, { SFO: "one" });
    // A connection takes several answers to be made: it is cut after each of them.
    proxy.delay(10);
    for (let n = 0; n < 60; n++) {
      proxy.cut();
      await sleep((n * 7) % 60);
      proxy.mend();
      await sleep((n * 23) % 240);
    }
    proxy.delay(0);
    await expect.poll(() => readCurrent(store, ["SFO"]).catch(() => []), { timeout: 60_000 }).toEqual(["one"]);
  } finally {
    await store.close();
  }
  await sleep(200);
  expect(escaped).toEqual([]);
});
