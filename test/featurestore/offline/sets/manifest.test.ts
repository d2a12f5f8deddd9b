import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readManifest } from "../../../../src/featurestore/index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-manifest-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const whole = { version: 1, inputsDigest: "x", files: [] };

describe("a manifest", () => {
  it.each([
    "",
    "{",
    "null",
    "[]",
    JSON.stringify({ ...whole, version: 2 }),
    JSON.stringify({ ...whole, files: null }),
    JSON.stringify({ ...whole, vector: { plan: { slots: [] } }, fitted: {}, files: [null] }),
    JSON.stringify(whole),
    JSON.stringify({ ...whole, vector: null }),
    JSON.stringify({ ...whole, vector: {} }),
    JSON.stringify({ ...whole, vector: { plan: {} } }),
    JSON.stringify({ ...whole, vector: { plan: { slots: [null] } } }),
    JSON.stringify({ ...whole, vector: { plan: { slots: [{}] } } }),
    JSON.stringify({ ...whole, vector: { plan: { slots: [] } }, fitted: null }),
  ])("that is damaged is said to be: %s", async (text) => {
    await writeFile(join(folder, "manifest.json"), text);
    await expect(readManifest(folder)).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      where: join(folder, "manifest.json"),
      hint: expect.any(String) as string,
    });
  });
});
