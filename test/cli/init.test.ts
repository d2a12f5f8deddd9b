import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ordersData } from "../../src/cli/init/orders-data.ts";
import { sha256 } from "../../src/core/index.ts";
import { step } from "./orders-project.ts";
import { errorOf, tondo } from "./run-tondo.ts";

describe("tondo init", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "tondo-init-"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it("makes the same project every time", async () => {
    const digests: string[] = [];
    for (const name of ["a", "b"]) {
      const { files } = await step(root, "init", name, "--example", "orders");
      const paths = (files as readonly { readonly path: string }[]).map(({ path }) => path);
      expect((await readdir(join(root, name))).sort()).toEqual([".gitignore", "data", "orders.tondo"]);
      for (const path of paths) digests.push(`${path} ${sha256(await readFile(join(root, name, path)))}`);
    }
    expect(digests.slice(5)).toEqual(digests.slice(0, 5));
    const { out } = await tondo(root, "init", "c d");
    expect(out).toContain("Next: cd 'c d' && tondo check");
  });

  it("makes a project whose tests pass", async () => {
    await step(root, "init");
    expect(await step(root, "test")).toMatchObject({ ok: true, passed: 2, failed: 0 });
  });

  it("overwrites nothing, and then writes nothing either", async () => {
    await writeFile(join(root, "orders.tondo"), "mine");
    const ran = await tondo(root, "init", "--json");
    expect([ran.code, errorOf(ran).code]).toEqual([1, "PROJECT_EXISTS"]);
    expect(errorOf(ran)).toMatchObject({ where: root, details: { files: ["orders.tondo"] } });
    expect(await readdir(root)).toEqual(["orders.tondo"]);
    expect(await readFile(join(root, "orders.tondo"), "utf8")).toBe("mine");
  });

  it("knows orders only after they happened, and has the rows that it promises", () => {
    const { orders, restaurants } = ordersData();
    expect(new Set(restaurants.map(({ id }) => id)).size).toBe(30);
    expect(new Set(restaurants.map(({ city }) => city)).size).toBe(3);
    expect(orders.length).toBeGreaterThan(5_000);
    expect(new Set(orders.map(({ id }) => id)).size).toBe(orders.length);
    expect(orders.filter(({ orderedAt, loadedAt }) => loadedAt <= orderedAt)).toEqual([]);
  });
});
