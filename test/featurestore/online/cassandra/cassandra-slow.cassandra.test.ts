import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TondoError } from "../../../../src/core/index.ts";
import { Engine } from "../../../../src/featurestore/duckdb/index.ts";
import { materialize, type MaterializeResult } from "../../../../src/featurestore/materialize/index.ts";
import { CassandraStore } from "../../../../src/featurestore/online/cassandra/index.ts";
import { createFeatureReader } from "../../../../src/featurestore/online/index.ts";
import { type FreshKeyspace, freshKeyspace } from "../../../servers/fresh-keyspace.ts";
import { type SlowProxy, slowProxy } from "../../../servers/slow-proxy.ts";
import { noon, sampleProject, sampleRows, writeSample } from "../sample-project.ts";

const hour = 3_600_000_000;
const names = ["airport:departures:n_3h", "airport:weather:sky", "airport:place:tz"] as const;
/** What is served of SFO as of noon. */
const right = [3, "clear", "America/Los_Angeles"];
/** Far more than a read takes, also where others have the processors for a second. */
const deadlineMs = 2000;
/** Longer than anybody who reads waits; so long a connection that was cut while it was made is waited for. */
const readTimeoutMs = 4000;
const neverComes = ["DEADLINE_EXCEEDED", "STORE_UNAVAILABLE"];

let fresh: FreshKeyspace;
let proxy: SlowProxy;
let store: CassandraStore;
let engine: Engine;
let home: string;
beforeAll(async () => {
  fresh = await freshKeyspace();
  proxy = await slowProxy(fresh.contactPoint);
  engine = await Engine.open({ threads: 1 });
  home = await mkdtemp(path.join(tmpdir(), "tondo-slow-"));
  await writeSample(home, sampleRows);
  const { localDataCenter, keyspace } = fresh;
  const limits = { readTimeoutMs, writeTimeoutMs: 4000, reconnectMs: 100, pointerAgeMs: 100, leaseMs: 10_000 };
  store = await CassandraStore.open({ contactPoints: [proxy.address], localDataCenter, keyspace, limits });
  await load(noon);
});
afterAll(async () => {
  await store.close();
  await proxy[Symbol.asyncDispose]();
  engine.close();
  await fresh.drop();
  await rm(home, { recursive: true });
});

async function load(asOf: number): Promise<MaterializeResult> {
  return materialize({ project: sampleProject, folder: home, home, store, engine, asOf: BigInt(asOf) });
}

/** What SFO is answered with: its values, those that are unavailable as the code of their cause; or the code of what was thrown. */
async function answered(at = noon): Promise<readonly unknown[]> {
  const reader = createFeatureReader({ project: sampleProject, store, deadlineMs });
  try {
    const { values } = await reader.get([...names], { airport: "SFO" }, { at: BigInt(at) });
    return names.map((name) => values[name].cause?.code ?? values[name].value);
  } catch (error) {
    if (error instanceof TondoError) return [error.code];
    throw error;
  }
}

async function untilRight(): Promise<void> {
  const began = performance.now();
  while (JSON.stringify(await answered()) !== JSON.stringify(right)) {
    if (performance.now() - began > 100_000) throw new Error(`still ${JSON.stringify(await answered())}`);
    await sleep(20);
  }
}

/** Reads until it is told to stop; gives all that was answered, in any order. */
async function answers(signal: AbortSignal): Promise<ReadonlySet<string>> {
  const all = new Set<string>();
  while (!signal.aborted) {
    for (const [i, one] of (await answered()).entries()) if (one !== right[i]) all.add(String(one));
    await sleep(5);
  }
  return all;
}

describe("a slow Cassandra", () => {
  it("keeps nobody waiting beyond the deadline, gives no wrong value, and is answered from again by itself", async () => {
    await untilRight();
    expect(proxy.answered).toBeGreaterThan(0);
    const over = new AbortController();
    const reading = Promise.all(Array.from({ length: 4 }, () => answers(over.signal)));
    for (const milliseconds of [50, 2 * deadlineMs, Infinity]) {
      proxy.delay(milliseconds);
      // What was answered before the delay has come by then.
      await sleep(500);
      const found = await answered();
      if (milliseconds > deadlineMs) for (const one of found) expect(neverComes).toContain(one);
      proxy.delay(0);
      await untilRight();
    }
    over.abort();
    const others = new Set((await reading).flatMap((all) => [...all]));
    expect([...others].filter((one) => !neverComes.includes(one))).toEqual([]);
    expect(others).toContain("DEADLINE_EXCEEDED");
  });
});

describe("a Cassandra that goes away under a load", () => {
  it("ends it with a typed error, serves what it served, and takes the next load of the same process", async () => {
    // Cut off before it has asked for anything, and between two answers.
    for (const answers of [0, 1000]) {
      const before = proxy.answered;
      const over = new AbortController();
      const going = load(noon + hour + answers)
        .then(
          () => "loaded",
          (error: unknown) => (error instanceof TondoError ? error.code : String(error)),
        )
        .finally(() => {
          over.abort();
        });
      while (proxy.answered < before + answers && !over.signal.aborted) await sleep(1);
      proxy.cut();
      const end = await going;
      proxy.mend();
      // One that was nearly done may be; the claim of one that was cut off before may still stand.
      expect(answers === 0 ? ["STORE_UNAVAILABLE"] : ["loaded", "STORE_UNAVAILABLE", "HOME_BUSY"]).toContain(end);
      await expect.poll(() => answered(noon + 2 * hour), { timeout: 60_000 }).toEqual([3, null, right[2]]);
    }
    // The lease of what was cut off runs out.
    await expect
      .poll(() => load(noon + 2 * hour).then(({ asOf }) => asOf, String), { timeout: 90_000, interval: 1000 })
      .toBe(noon + 2 * hour);
    await expect.poll(() => answered(noon + 2 * hour), { timeout: 60_000 }).toEqual([3, null, right[2]]);
  });

  it("leaves a claim that it could not give back to run out, while it lives on", async () => {
    const group = "airport:elsewhere";
    const { generation } = await store.begin(group);
    proxy.cut();
    await expect(store.drop(group, generation)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    proxy.mend();
    const begun = (): Promise<number> => store.begin(group).then((writer) => writer.generation);
    await expect.poll(() => begun().catch(String), { timeout: 60_000, interval: 500 }).toBe(generation + 1);
    await store.drop(group, generation + 1);
  });
});
