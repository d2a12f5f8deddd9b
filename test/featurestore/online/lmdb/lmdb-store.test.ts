import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execPath } from "node:process";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { LmdbStore } from "../../../../src/featurestore/online/lmdb/index.ts";
import {
  load,
  type OnlineStoreFixture,
  onlineStoreConformance,
  readCurrent,
} from "../../../conformance/online-store.ts";
import { pointerTo } from "../../../conformance/pointer.ts";
import { pushedStoreConformance } from "../../../conformance/pushed-store.ts";

const folders: string[] = [];
const stores: LmdbStore[] = [];

async function fresh(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "tondo-lmdb-"));
  folders.push(folder);
  return folder;
}

async function clean(): Promise<void> {
  await Promise.all(stores.splice(0).map(async (store) => store.close()));
  await Promise.all(folders.splice(0).map(async (folder) => rm(folder, { recursive: true })));
}

function open(folder: string, readOnly = false): LmdbStore {
  const store = LmdbStore.open({ folder, readOnly });
  stores.push(store);
  return store;
}

let current: string | undefined;
const fixture: OnlineStoreFixture = {
  open: async () => open((current ??= await fresh())),
  reset: async () => {
    current = undefined;
    await clean();
  },
};
onlineStoreConformance("LMDB", fixture);
pushedStoreConformance("LMDB", fixture);

describe("LmdbStore", () => {
  afterEach(clean);

  it("shows at once what was switched to and what was erased, also to those who share a turn with who read before", async () => {
    const store = open(await fresh());
    const group = "airport:departures";
    await load(store, { SFO: "0" });
    const over = new AbortController();
    const others = (async () => {
      while (!over.signal.aborted) {
        store.view([group]).close();
        await new Promise(setImmediate);
      }
    })();
    for (let i = 1; i <= 10; i++) {
      await load(store, { SFO: String(i), LAX: String(i) });
      expect(await readCurrent(store, ["SFO", "LAX"])).toEqual([String(i), String(i)]);
      await store.erase(group, [new TextEncoder().encode("LAX")]);
      expect(await readCurrent(store, ["SFO", "LAX"])).toEqual([String(i), undefined]);
    }
    over.abort();
    await others;
  });

  it("opens its views anew in a turn that is long, and in the one behind it", async () => {
    const folder = await fresh();
    const store = open(folder);
    await load(store, { SFO: "0" });
    const shown = (): number | undefined => {
      const view = store.view(["airport:departures"]);
      view.close();
      return view.pointer("airport:departures")?.generation;
    };
    // Another process loads while this one does nothing else: it takes longer than a view is shared.
    const elsewhere = (value: string): void => {
      const script = path.join(import.meta.dirname, "load-once.ts");
      expect(spawnSync(execPath, [script, folder, value], { stdio: "inherit" }).status).toBe(0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, store.staleness / 1000);
    };
    const held = store.view(["airport:departures"]);
    const before = [shown(), shown()];
    elsewhere("1");
    expect([before, shown()]).toEqual([[1, 1], 2]);
    expect(held.pointer("airport:departures")?.generation).toBe(1);
    held.close();
    await new Promise((resolve) => setTimeout(resolve, 5));
    // Behind the store's own end of the turn, before the driver's.
    const [later] = await new Promise<readonly (number | undefined)[]>((resolve) => {
      setTimeout(() => {
        shown();
        setImmediate(() => {
          elsewhere("2");
          resolve([shown()]);
        });
      }, 1);
    });
    expect(later).toBe(3);
    expect(await readCurrent(store, ["SFO"])).toEqual(["2"]);
  });

  it("reads short records as they are, also after long ones, for which the driver takes other memory", async () => {
    const store = open(await fresh());
    const words = (i: number): string => String(i).padStart(16, "x");
    const names = Array.from({ length: 40 }, (_, i) => `short ${String(i)}`);
    for (const long of [50_000, 400_000, 3_000_000]) {
      const records = Object.fromEntries(names.map((name, i) => [name, words(i + long)]));
      await load(store, { ...records, long: "y".repeat(long) });
      const asked = [...names, "long", ...names.toReversed(), "none"];
      expect(await readCurrent(store, asked)).toEqual(
        asked.map((name) => (name === "long" ? "y".repeat(long) : records[name])),
      );
    }
  });

  it(
    "is read by another process while it is written, and grows far beyond its first map",
    { timeout: 60_000 },
    async () => {
      const folder = await fresh();
      const store = open(folder);
      await load(store, { SFO: "0", LAX: "0" });
      const script = path.join(import.meta.dirname, "read-while-writing.ts");
      const child = spawn(execPath, [script, folder], { stdio: ["pipe", "pipe", "inherit"] });
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
      expect((await lines.next()).value).toBe("reading");
      const padding = "x".repeat(2_000_000);
      for (let i = 1; i <= 12; i++) {
        await load(store, { SFO: String(i), LAX: String(i), padding });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      child.stdin.end();
      const { torn, seen } = JSON.parse(String((await lines.next()).value)) as { torn: number; seen: string[] };
      await once(child, "exit");
      expect(torn).toBe(0);
      expect(seen.length).toBeGreaterThan(3);
      expect(seen).toContain("12");
    },
  );

  it("notices a group that another handle loads after it was opened", async () => {
    const folder = await fresh();
    const writer = open(folder);
    await load(writer, { SFO: "one" });
    const reader = open(folder, true);
    expect(await readCurrent(reader, ["SFO"], "a:b")).toEqual([undefined]);
    await load(writer, { SFO: "new" }, "a:b");
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await readCurrent(reader, ["SFO"], "a:b")).toEqual(["new"]);
  });

  it("refuses to write where it was opened to be read only, and says where nothing is to be read", async () => {
    const folder = await fresh();
    await load(open(folder), { SFO: "one" });
    const reader = open(folder, true);
    await expect(reader.begin("a:b")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(reader.switchPointers([{ pointer: pointerTo(1) }])).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    const nothing = path.join(folder, "nothing");
    expect(() => LmdbStore.open({ folder: nothing, readOnly: true })).toThrow(
      expect.objectContaining({ code: "GROUP_NOT_MATERIALIZED" }),
    );
  });

  it("says that a file is no store, and that there are more groups than its limit", async () => {
    const folder = await fresh();
    await writeFile(path.join(folder, "data.mdb"), "this is no database at all".repeat(1000));
    expect(() => LmdbStore.open({ folder })).toThrow(
      expect.objectContaining({ code: "STORE_CORRUPT", where: path.join(folder, "data.mdb") }),
    );
    const small = LmdbStore.open({ folder: await fresh(), limits: { groups: 1 } });
    stores.push(small);
    for (let i = 0; i < 3; i++) await load(small, { SFO: "one" });
    // What it has for an overlay and the log of what is pushed takes a part of another group.
    for (let i = 0; i < 2; i++) await load(small, { SFO: "one" }, "a:b");
    await expect(load(small, { SFO: "one" }, "a:b")).rejects.toMatchObject({
      code: "IO_FAILED",
      hint: "Raise the limit `groups`.",
    });
  });
});
