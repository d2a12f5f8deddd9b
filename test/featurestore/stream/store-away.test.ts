import { appendFile, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TondoError } from "../../../src/core/index.ts";
import { compile, parseProject } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { FolderEventLog, startStream, type RunningStream } from "../../../src/featurestore/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { order, secondsAgo } from "./streamed-orders.ts";

const text = `entity shop (shop: string)
events orders { kafka "orders" at ordered
  columns (shop: string, ordered: timestamp, order_id: string, price: float) }
group shop:sales from orders by shop { n = count() over 1h }
`;

const unavailable = (): TondoError => new TondoError("STORE_UNAVAILABLE", "the store did not answer");

describe("a store that fails while a stream applies events to it", () => {
  it.each(["before", "after"])("%s it has written them has each of them once", async (when) => {
    const { plan: project } = compile(parseProject([{ path: "shop.tondo", text }]), new Map());
    if (project === undefined) throw new Error("it does not compile");
    const folder = await mkdtemp(join(tmpdir(), "tondo-away-"));
    await mkdir(join(folder, "orders"));
    const store = LmdbStore.open({ folder: join(folder, "online") });
    const engine = await Engine.open({ threads: 1 });
    let stream: RunningStream | undefined;
    try {
      await materialize({ project, folder, home: folder, store, engine });
      const push = store.pushed.push.bind(store.pushed);
      let fails = 0;
      store.pushed.push = async (asked) => {
        const isFailing = ++fails % 2 === 1;
        if (isFailing && when === "before") throw unavailable();
        const done = await push(asked);
        if (isFailing) throw unavailable();
        return done;
      };
      const file = join(folder, "orders", "one.ndjson");
      await writeFile(file, `${order("a", "north", secondsAgo(60), 1)}\n`);
      const failures: string[] = [];
      stream = await startStream({
        ...{ store, log: new FolderEventLog({ folder }), clock: () => Date.now() * 1000 },
        inForce: () => Promise.resolve(project),
        erased: () => Promise.resolve(() => undefined),
        limits: { maxDelayMs: 10 },
        onFailure: (_, error) => failures.push(error instanceof TondoError ? error.code : String(error)),
      });
      for (let n = 1; n <= 5; n++) {
        await appendFile(file, `${order(String(n), "north", secondsAgo(60), 1)}\n`);
        const { size } = await stat(file);
        for (let left = 500; (await positionOf(store, "orders")) < size; left--) {
          if (left === 0) throw new Error(JSON.stringify(stream.metrics));
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { values } = await createFeatureReader({ project, store }).get(["shop:sales:n"], { shop: "north" });
      expect(values["shop:sales:n"]?.value).toBe(6);
      expect(new Set(failures)).toEqual(new Set(["STORE_UNAVAILABLE"]));
    } finally {
      await stream?.stop();
      engine.close();
      await store.close();
      await rm(folder, { recursive: true });
    }
  });
});

/** How far the only file is passed. */
async function positionOf(store: LmdbStore, source: string): Promise<number> {
  return (await store.pushed.positions(source))[0]?.position.next ?? 0;
}
