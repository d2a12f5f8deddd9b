import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execPath, getuid, platform } from "node:process";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFeatureReader, type StoreView } from "../../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../../src/featurestore/online/lmdb/index.ts";
import { load, readCurrent } from "../../../conformance/online-store.ts";
import { sampleProject } from "../sample-project.ts";

const group = "airport:departures";
/** Whether a command is there, and may do this. */
const can = (...[command = "", ...given]: readonly string[]): boolean => spawnSync(command, given).status === 0;
/** Room is taken from a process as Linux does it; where that cannot be, the test says what it needs. */
function requireLimits(): void {
  if (platform !== "linux" || !can("prlimit", "--version"))
    throw new Error("this test limits a process by prlimit: run it on Linux, with util-linux installed");
}
function requireMounts(): void {
  if (platform !== "linux" || getuid?.() !== 0 || !can("unshare", "--mount", "true"))
    throw new Error(
      "this test mounts a small disk: run it on Linux as root, with unshare and nsenter of util-linux installed",
    );
}

let folder: string;
const stores: LmdbStore[] = [];
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-lmdb-faults-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await Promise.all(stores.splice(0).map(async (store) => store.close()));
  await rm(folder, { recursive: true });
});

function open(limits: { readonly readers?: number } = {}): LmdbStore {
  const store = LmdbStore.open({ folder: path.join(folder, "online"), limits });
  stores.push(store);
  return store;
}

/** A process that holds a transaction. */
async function holder(): Promise<ChildProcess> {
  const script = path.join(import.meta.dirname, "hold-view.ts");
  const child = spawn(execPath, [script, path.join(folder, "online")], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Runs the process that loads where there is too little room; `makeRoom` is done when it asks for it. */
async function loadWhereFull(
  command: readonly string[],
  makeRoom: (pid: number) => void,
): Promise<readonly { readonly step: string; readonly outcome: unknown; readonly served: unknown }[]> {
  const [program = "", ...given] = command;
  // The driver writes what it fails at to the process's errors.
  const child = spawn(program, given, { stdio: ["pipe", "pipe", "ignore"] });
  children.push(child);
  const ended = once(child, "exit");
  const steps: { step: string; outcome: unknown; served: unknown }[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (line === "make room") {
      makeRoom(Number(child.pid));
      child.stdin.write("made\n");
    } else steps.push(JSON.parse(line) as (typeof steps)[number]);
  }
  expect((await ended) as unknown).toEqual([0, null]);
  return steps;
}

const script = path.join(import.meta.dirname, "load-where-full.ts");

/** What the process says that has too little room for a reason, and then enough. */
const steps = (reason: string): readonly unknown[] => [
  { step: "first", outcome: 1, served: "one" },
  { step: "second", outcome: 2, served: "two" },
  { step: "full", outcome: ["STORE_FULL", reason], served: "two" },
  { step: "full again", outcome: ["STORE_FULL", reason], served: "two" },
  { step: "rolled back", outcome: true, served: "one" },
  { step: "erased", outcome: ["STORE_FULL", reason], served: "one" },
  { step: "room", outcome: 3, served: "three" },
];

describe("an LMDB store that has no room", () => {
  it(
    "says that the disk is full, serves what it served, and goes on in the same process once there is room",
    { timeout: 120_000 },
    async () => {
      requireMounts();
      const disk = path.join(folder, "disk");
      await mkdir(disk);
      // The mount is that of the process alone, and goes with it.
      const mount = `mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"`;
      const node = [execPath, script, path.join(folder, "home"), path.join(disk, "online")];
      const said = await loadWhereFull(["unshare", "--mount", "sh", "-c", mount, disk, ...node], (pid) => {
        expect(can("nsenter", "--mount", "--target", String(pid), "mount", "-o", "remount,size=64m", disk)).toBe(true);
      });
      expect(said).toEqual(steps("disk"));
    },
  );

  it("says that no file may be larger, and leaves nothing beside its own", { timeout: 120_000 }, async () => {
    requireLimits();
    const store = path.join(folder, "online");
    const node = [execPath, script, path.join(folder, "home"), store];
    const said = await loadWhereFull(["prlimit", "--fsize=2097152:unlimited", ...node], (pid) => {
      expect(can("prlimit", "--pid", String(pid), "--fsize=unlimited")).toBe(true);
    });
    expect(said).toEqual(steps("file size"));
    expect((await readdir(store)).sort()).toEqual(["data.mdb", "lock.mdb"]);
  });

  it(
    "is whole for all others where the driver could not map more of it, which ends the process",
    { timeout: 60_000 },
    async () => {
      requireLimits();
      const store = open();
      await load(store, { SFO: "none" });
      const own = path.join(import.meta.dirname, "load-with-few-addresses.ts");
      expect(String(spawnSync(execPath, [own, path.join(folder, "online")]).stdout)).toBe("loaded one\n");
      expect(await readCurrent(store, ["SFO"])).toEqual(["one"]);
      await load(store, { SFO: "x".repeat(3_000_000) });
      await load(store, { SFO: "two" });
      expect(await readCurrent(store, ["SFO"])).toEqual(["two"]);
    },
  );
});

describe("a process that reads an LMDB store", () => {
  it("and is killed holding a transaction keeps no writer, and no page beyond the next load", async () => {
    const store = open();
    const records = (i: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key ${String(n)}`, String(i).padStart(5000, "x")]));
    const size = async (): Promise<number> => (await stat(path.join(folder, "online", "data.mdb"))).size;
    for (let i = 0; i < 4; i++) await load(store, records(i));
    const before = await size();
    const child = await holder();
    for (let i = 0; i < 6; i++) await load(store, records(i));
    // What it may read is kept for it.
    const held = await size();
    expect(held).toBeGreaterThan(before * 1.5);
    await kill(child);
    for (let i = 0; i < 12; i++) await load(store, records(i));
    expect(await size()).toBe(held);
    expect(await readCurrent(store, ["key 49"])).toEqual(["11".padStart(5000, "x")]);
  });

  it("is told that there are too many, and gets the place of one that ends or is killed", async () => {
    const store = open({ readers: 3 });
    await load(store, { SFO: "one" });
    const child = await holder();
    const views: StoreView[] = [];
    const full = { code: "STORE_BUSY", where: path.join(folder, "online") };
    const holdAll = async (): Promise<void> => {
      // Of what was not switched since the driver holds one transaction.
      for (let i = 0; i < 5; i++) {
        views.push(store.view([group]));
        await load(store, { SFO: "one" });
      }
    };
    await expect(holdAll()).rejects.toMatchObject(full);
    expect(views.length).toBeGreaterThan(0);
    const features = createFeatureReader({ project: sampleProject, store });
    await expect(features.get(["airport:departures:n_3h"], { airport: "SFO" })).rejects.toMatchObject(full);
    await expect(load(store, { SFO: "two" })).rejects.toMatchObject(full);
    await kill(child);
    expect(await readCurrent(store, ["SFO"])).toEqual(["one"]);
    for (const view of views) view.close();
    await load(store, { SFO: "two" });
    expect(await readCurrent(store, ["SFO"])).toEqual(["two"]);
  });
});
