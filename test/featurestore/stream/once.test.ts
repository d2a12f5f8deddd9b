import { appendFile, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TondoError } from "../../../src/core/index.ts";
import { compile, parseProject } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { type EventLog, FolderEventLog, type RunningStream, startStream } from "../../../src/featurestore/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { takeOver } from "../../../src/featurestore/stream/stream-part.ts";
import { order, secondsAgo } from "./streamed-orders.ts";

const text = `entity shop (shop: string)
events orders { kafka "orders" at ordered
  columns (shop: string, ordered: timestamp, order_id: string, price: float) }
group shop:sales from orders by shop { n = count() over 1h }
`;

const unavailable = (): TondoError => new TondoError("STORE_UNAVAILABLE", "the store did not answer");

/** A project over a topic of a folder, loaded, and a stream that can be put between the two. */
interface BareStream extends AsyncDisposable {
  readonly store: LmdbStore;
  readonly log: FolderEventLog;
  readonly failures: readonly string[];
  /** Appends orders, and waits until they are passed. */
  order(...ids: readonly string[]): Promise<void>;
  /** Begins to stream, from this log. */
  start(log: EventLog, maxDelayMs?: number): Promise<RunningStream>;
  /** How many orders are served. */
  count(): Promise<unknown>;
}

async function bareStream(): Promise<BareStream> {
  const { plan: project } = compile(parseProject([{ path: "shop.tondo", text }]), new Map());
  if (project === undefined) throw new Error("it does not compile");
  const folder = await mkdtemp(join(tmpdir(), "tondo-away-"));
  await mkdir(join(folder, "orders"));
  const file = join(folder, "orders", "one.ndjson");
  await writeFile(file, "");
  const store = LmdbStore.open({ folder: join(folder, "online") });
  const engine = await Engine.open({ threads: 1 });
  await materialize({ project, folder, home: folder, store, engine });
  const failures: string[] = [];
  let stream: RunningStream | undefined;
  return {
    ...{ store, failures, log: new FolderEventLog({ folder }) },
    order: async (...ids) => {
      await appendFile(file, ids.map((id) => `${order(id, "north", secondsAgo(60), 1)}\n`).join(""));
      const { size } = await stat(file);
      for (let left = 500; ((await store.pushed.positions("orders"))[0]?.position.next ?? 0) < size; left--) {
        if (left === 0) throw new Error(JSON.stringify(stream?.metrics));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    start: async (log, maxDelayMs = 10) => {
      stream = await startStream({
        ...{ store, log, clock: () => Date.now() * 1000 },
        inForce: () => Promise.resolve(project),
        erased: () => Promise.resolve(() => undefined),
        limits: { maxDelayMs },
        onFailure: (_, error) => failures.push(error instanceof TondoError ? error.code : String(error)),
      });
      return stream;
    },
    count: async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { values } = await createFeatureReader({ project, store }).get(["shop:sales:n"], { shop: "north" });
      return values["shop:sales:n"].value;
    },
    [Symbol.asyncDispose]: async () => {
      await stream?.stop();
      engine.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

describe("a store that fails while a stream applies events to it", () => {
  it.each(["before", "after"])("%s it has written them has each of them once", async (when) => {
    await using bare = await bareStream();
    const { store } = bare;
    const push = store.pushed.push.bind(store.pushed);
    let fails = 0;
    store.pushed.push = async (asked) => {
      const isFailing = ++fails % 2 === 1;
      if (isFailing && when === "before") throw unavailable();
      const done = await push(asked);
      if (isFailing) throw unavailable();
      return done;
    };
    await bare.start(bare.log);
    for (let n = 0; n < 6; n++) await bare.order(String(n));
    expect(await bare.count()).toBe(6);
    expect(new Set(bare.failures)).toEqual(new Set(["STORE_UNAVAILABLE"]));
  });
});

describe("a log that gives events again", () => {
  it("has each of them applied once", async () => {
    await using bare = await bareStream();
    const { log } = bare;
    await bare.start({
      ...{ kind: log.kind, extents: (topic) => log.extents(topic), offsetsAt: (...asked) => log.offsetsAt(...asked) },
      ...{ bury: (...asked) => log.bury(...asked), letters: (topic) => log.letters(topic), close: () => log.close() },
      read: (topic, group, reader) =>
        log.read(topic, group, {
          take: (partition) => reader.take(partition),
          report: (error) => {
            reader.report(error);
          },
          accept: async (batch) => {
            const second = batch.events[1]?.offset ?? batch.next;
            await reader.accept({ ...batch, events: batch.events.slice(0, 1), next: second });
            await reader.accept(batch);
            await reader.accept(batch);
          },
        }),
    });
    for (let n = 0; n < 3; n++) await bare.order("a", "b", "c");
    expect(await bare.count()).toBe(9);
  });
});

describe("a worker whose partition another took over", () => {
  it("applies nothing that it had read, and reads that again once the partition is its own", async () => {
    await using bare = await bareStream();
    const { pushed } = bare.store;
    const stream = await bare.start(bare.log, 300);
    const ordered = bare.order("a", "b");
    for (let left = 200; stream.metrics.partitions[0]?.read !== 2; left--) {
      if (left === 0) throw new Error(JSON.stringify(stream.metrics));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const place = { topic: "orders", partition: "one.ndjson" };
    await pushed.move("orders", [takeOver(place, 0, "another")]);
    await ordered;
    expect(await bare.count()).toBe(2);
    expect(stream.metrics.sources).toMatchObject([{ fenced: 1 }]);
    expect(await pushed.positions("orders")).toMatchObject([{ position: { epoch: 3 } }]);
  });
});
