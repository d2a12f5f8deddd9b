import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../../../src/core/index.ts";
import { type ArtifactStore, folderArtifacts } from "../../../src/registry/index.ts";

describe("an artifact folder", () => {
  let folder: string;
  let store: ArtifactStore;
  const bytes = new TextEncoder().encode("some bytes");
  const digest = sha256(bytes);
  const file = (): string => join(folder, "deep/er", digest.slice(0, 2), `${digest}.zip`);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-artifacts-"));
    store = folderArtifacts(join(folder, "deep/er"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("keeps bytes under their digest", async () => {
    expect(await store.has(digest)).toBe(false);
    expect(await store.put(bytes)).toBe(digest);
    expect(await store.has(digest)).toBe(true);
    expect(await store.get(digest)).toEqual(Buffer.from(bytes));
    expect(await readFile(file(), "utf8")).toBe("some bytes");
  });

  it("takes the same bytes again, also at once, and leaves nothing else behind", async () => {
    await Promise.all(Array.from({ length: 8 }, () => store.put(bytes)));
    expect(await readdir(join(folder, "deep/er", digest.slice(0, 2)))).toEqual([`${digest}.zip`]);
  });

  it("notices changed bytes, and mends them when the right ones come again", async () => {
    await store.put(bytes);
    await writeFile(file(), "other bytes");
    await expect(store.get(digest)).rejects.toMatchObject({ code: "PACKAGE_CORRUPT", where: file() });
    await store.put(bytes);
    expect(await store.get(digest)).toEqual(Buffer.from(bytes));
  });

  it("says what is missing", async () => {
    await expect(store.get(digest)).rejects.toMatchObject({ code: "PACKAGE_MISSING", details: { digest } });
  });

  it("leaves its folder for no digest", async () => {
    for (const name of ["../../../etc/passwd", "", "A".repeat(64)]) {
      await expect(store.get(name)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    }
  });

  it("reports a folder that cannot be written", async () => {
    await mkdir(join(folder, "deep"));
    await writeFile(join(folder, "deep/er"), "a file");
    await expect(store.put(bytes)).rejects.toMatchObject({ code: "IO_FAILED" });
  });
});
