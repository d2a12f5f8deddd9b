import { mkdir, mkdtemp, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { pushedFolder, wholeParts } from "../../../src/featurestore/pushed/pushed-parts.ts";

/** What is done once a folder was read. */
let meanwhile: (read: string) => Promise<void>;
vi.mock(import("node:fs/promises"), async (original) => {
  const real = await original();
  const readdir = async (folder: string): Promise<string[]> => {
    const names = await real.readdir(folder);
    await meanwhile(path.basename(folder));
    return names;
  };
  return { ...real, readdir: readdir as typeof real.readdir };
});

let home: string;
let folder: string;
const write = async (file: string): Promise<void> => {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), "");
};
const before = ["part-10.parquet", "2024-03-19/part-20.parquet", "2024-03-20/part-30.parquet"];
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "tondo-listed-"));
  folder = pushedFolder(home, "orders");
  for (const file of before) await write(file);
});
afterEach(() => rm(home, { recursive: true }));

const found = async (): Promise<readonly string[]> => (await wholeParts(home, "orders")).map(({ file }) => file);

it.each([
  { read: "orders", late: ["2024-03-20/late-35.parquet"], part: ["2024-03-20/part-35.parquet"] },
  { read: "2024-03-20", late: [], part: [] },
])(
  "files of pushed rows that come once $read was read are found with those before them",
  async ({ read, late, part }) => {
    meanwhile = async (name) => {
      if (name !== read) return;
      for (const file of ["20/late-35", "20/part-35", "21/part-40"]) await write(`2024-03-${file}.parquet`);
    };
    expect(await found()).toEqual([...before, ...part, ...late]);
  },
);

it("a folder of pushed rows that goes meanwhile has no files", async () => {
  await mkdir(path.join(folder, "2024-03-21"));
  meanwhile = async (name) => {
    if (name === "orders") await rmdir(path.join(folder, "2024-03-21"));
  };
  expect(await found()).toEqual(before);
});
