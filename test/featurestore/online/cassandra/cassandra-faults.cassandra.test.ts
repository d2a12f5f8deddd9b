import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TondoError } from "../../../../src/core/index.ts";
import { type CassandraOptions, CassandraStore } from "../../../../src/featurestore/online/cassandra/index.ts";
import { recordBatch } from "../../../../src/featurestore/online/index.ts";
import { load, readCurrent } from "../../../conformance/online-store.ts";
import { pointerTo } from "../../../conformance/pointer.ts";
import { type RunningCassandra, startCassandra } from "../../../servers/cassandra.ts";

const group = "airport:departures";
const readTimeoutMs = 500;

let server: RunningCassandra;
let options: CassandraOptions;
beforeAll(async () => {
  server = await startCassandra({ auth: true, tls: "mutual", durable: true });
  const { contactPoint, localDataCenter, account, ca, client } = server;
  if (account === undefined || ca === undefined || client === undefined) throw new Error("the server is not guarded");
  options = {
    contactPoints: [contactPoint],
    localDataCenter,
    credentials: account,
    tls: { ca, ...client },
    createKeyspace: true,
    store: randomUUID(),
    limits: { readTimeoutMs, writeTimeoutMs: 1000, reconnectMs: 200, pointerAgeMs: 200 },
  };
});
afterAll(() => server.stop());

async function refusal(differently: Partial<CassandraOptions>): Promise<TondoError> {
  try {
    const store = await CassandraStore.open({ ...options, ...differently });
    await store.close();
  } catch (error) {
    if (error instanceof TondoError) return error;
    throw error;
  }
  throw new Error("it was let in");
}

/** Everything that an error says, to whom it may be shown or logged. */
function saidBy(error: TondoError): string {
  return JSON.stringify([error.toJSON(), error.stack, String(error.cause)]);
}

/** Reads again and again until it is told to stop, and counts how that ended. */
async function readOn(store: CassandraStore, signal: AbortSignal): Promise<Record<string, number>> {
  const ends: Record<string, number> = {};
  while (!signal.aborted) {
    const end = await readCurrent(store, ["SFO", "JFK"]).then(
      ([sfo, jfk]) => `${String(sfo)} ${String(jfk)}`,
      (error: unknown) => (error instanceof TondoError ? error.code : String(error)),
    );
    ends[end] = (ends[end] ?? 0) + 1;
    await sleep(2);
  }
  return ends;
}

async function untilRead(store: CassandraStore, value: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    const [found] = await readCurrent(store, ["SFO"]).catch(() => []);
    if (found === value) return;
    await sleep(50);
  }
  throw new Error("the store did not come back within 30 seconds");
}

describe("a guarded Cassandra", () => {
  it("lets in by password and certificate, and says what was wrong without the password", async () => {
    const password = "an0ther s3cret";
    const denied = await refusal({ credentials: { username: "guarded", password } });
    expect(denied).toMatchObject({ code: "STORE_DENIED" });
    expect(saidBy(denied)).not.toContain(password);
    const unknown = await refusal({ tls: { ...(typeof options.tls === "object" ? options.tls : {}), ca: [] } });
    expect(unknown).toMatchObject({ code: "STORE_UNAVAILABLE", details: { reason: "tls" } });
    expect(await refusal({ tls: false })).toMatchObject({ code: "STORE_UNAVAILABLE" });
    const store = await CassandraStore.open(options);
    await load(store, { SFO: "one" });
    expect(await readCurrent(store, ["SFO", "JFK"])).toEqual(["one", undefined]);
    await store.close();
  });

  it("that is killed under reads gives typed errors, no wrong value, and comes back by itself", async () => {
    const store = await CassandraStore.open(options);
    await load(store, { SFO: "two" });
    const over = new AbortController();
    const reading = Promise.all(Array.from({ length: 8 }, () => readOn(store, over.signal)));
    await sleep(200);
    await server.kill();
    await sleep(500);
    await server.start();
    await untilRead(store, "two");
    over.abort();
    const ends = (await reading).flatMap((one) => Object.keys(one));
    expect([...new Set(ends)].sort()).toEqual(["STORE_UNAVAILABLE", "two undefined"]);
    // What was switched to is there, and so is who loads next.
    await load(store, { SFO: "three" });
    expect(await readCurrent(store, ["SFO"])).toEqual(["three"]);
    await store.close();
  });

  it("that stands still keeps nobody waiting for longer than was said, for reads and for writes", async () => {
    const store = await CassandraStore.open(options);
    await load(store, { SFO: "four" });
    const writer = await store.begin(group);
    await readCurrent(store, ["SFO"]);
    await server.freeze();
    try {
      const began = performance.now();
      await expect(readCurrent(store, ["SFO"])).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
        details: { reason: "timeout" },
      });
      // One node: there is no other one to ask.
      expect(performance.now() - began).toBeLessThan(readTimeoutMs * 2 + 500);
      const keys = Array.from({ length: 500 }, (_, i) => Buffer.from(String(i)));
      await expect(writer.write(recordBatch(keys, keys))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      const switched = store.switchPointers([
        { pointer: pointerTo(writer.generation, { previous: writer.generation - 1 }), expected: writer.generation - 1 },
      ]);
      await sleep(1500);
      await server.thaw();
      // No answer came in time; what became of it was found out.
      expect(await switched).toBe(true);
    } finally {
      await server.thaw();
    }
    const pointer = await readCurrent(store, ["SFO"]);
    expect(pointer).toEqual([undefined]);
    await store.close();
  });
});
