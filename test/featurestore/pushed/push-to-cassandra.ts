/**
 * A process that pushes rows of two keys at a time to a store in Cassandra and says what it was told stands: `address keyspace store folder work`, the work as JSON. It is killed at
 * its n-th request of Cassandra, before it is sent or as soon as it is.
 */
import { writeSync } from "node:fs";
import { argv, kill, pid } from "node:process";
import cassandra from "cassandra-driver";
import { TondoError } from "../../../src/core/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { CassandraStore } from "../../../src/featurestore/online/cassandra/index.ts";
import { pushing } from "../../../src/featurestore/pushed/index.ts";
import { sampleProject } from "../online/sample-project.ts";
import type { PushWork } from "./push-work.ts";

const [, , address = "", keyspace = "", name = "", folder = "", work = "{}"] = argv;
const { pushes, loads, at, start, fatal, limits } = JSON.parse(work) as PushWork;
const store = await CassandraStore.open({ contactPoints: [address], keyspace, store: name, limits });
if (fatal !== undefined) {
  let left = fatal.request;
  const { prototype } = cassandra.Client;
  for (const method of ["execute", "batch"] as const) {
    const real = prototype[method] as (...given: unknown[]) => unknown;
    Object.assign(prototype, {
      [method](this: unknown, ...given: unknown[]) {
        const isLast = left-- === 0;
        if (isLast && !fatal.isSent) kill(pid, "SIGKILL");
        const answer = real.apply(this, given);
        // It is on its way by then, or answered.
        if (isLast) setTimeout(() => kill(pid, "SIGKILL"), fatal.request % 5);
        return answer;
      },
    });
  }
}
let now = start ?? 0;
const clock = (): number => (start === undefined ? Date.now() * 1000 : (now += 1));
const push = pushing({ project: sampleProject, store, clock, erased: () => Promise.resolve(() => undefined) });
let engine: Engine | undefined;

async function load(): Promise<void> {
  engine ??= await Engine.open({ threads: 1 });
  for (;;) {
    try {
      const given = start === undefined ? {} : { asOf: BigInt(clock()) };
      await materialize({ ...{ project: sampleProject, folder, home: folder, store, engine, clock }, ...given });
      return;
    } catch (error) {
      // The claim of one that was killed runs out.
      if (!(error instanceof TondoError) || error.code !== "HOME_BUSY") throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

for (let n = 0; n < Math.max(pushes, loads); n++) {
  if (n < pushes) {
    const delay = pid * 1000 + n;
    const row = { destination: "LAX", delay, at };
    const { appliedAt, lateBy } = await push("flights", [
      { ...row, origin: "NEW" },
      { ...row, origin: "OLD" },
    ]);
    now = Math.max(now, appliedAt);
    writeSync(1, `${String(delay)} ${String(appliedAt)} ${String(lateBy)}\n`);
  }
  if (n < loads) await load();
}
engine?.close();
await store.close();
