import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InstalledPackage, installPackage } from "./installed-package.ts";

/** Imports one module and prints the packages of which any file was loaded on the way, and native libraries. */
const whatIsLoaded = (specifier: string): string => `
  import { registerHooks } from "node:module";
  const packages = new Set();
  registerHooks({
    load(url, context, next) {
      const found = /\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*\\/node_modules\\/)/.exec(url);
      if (found) packages.add(found[1]);
      return next(url, context);
    },
  });
  await import(${JSON.stringify(specifier)});
  const native = process.report.getReport().sharedObjects.filter((path) => path.includes("/node_modules/"));
  console.log(JSON.stringify({ packages: [...packages], native }));
`;

const parse = (text: string): unknown => JSON.parse(text);

describe("the packed package, installed in an empty folder", () => {
  let installed: InstalledPackage;
  beforeAll(() => {
    installed = installPackage();
  });
  afterAll(() => installed.remove());

  it("gives names under every subpath", () => {
    const program = `
      const names = {};
      for (const subpath of ${JSON.stringify(installed.subpaths)}) {
        names[subpath] = Object.keys(await import(subpath)).length;
      }
      console.log(JSON.stringify(names));
    `;
    const names = parse(installed.run("subpaths.mjs", program)) as Readonly<Record<string, number>>;
    expect(Object.keys(names)).toEqual(installed.subpaths);
    expect(Object.entries(names).filter(([, count]) => count === 0)).toEqual([]);
  });

  it("has the command", () => {
    expect(existsSync(join(installed.folder, "node_modules/.bin/tondo"))).toBe(true);
  });

  it.each(["tondo/registry", "tondo/dsl"])("loads no store's driver for %s", (subpath) => {
    const loaded = parse(installed.run("loaded.mjs", whatIsLoaded(subpath))) as Readonly<Record<string, string[]>>;
    expect(loaded["packages"]).toContain("tondo");
    const heavy = /^(lmdb|@duckdb\/.*|pg|cassandra-driver|kafkajs)$/;
    expect(loaded["packages"]?.filter((name) => heavy.test(name))).toEqual([]);
    expect(loaded["native"]).toEqual([]);
  });

  it("would see a driver that is loaded", () => {
    const loaded = parse(installed.run("driver.mjs", whatIsLoaded("lmdb"))) as Readonly<Record<string, string[]>>;
    expect(loaded["packages"]).toContain("lmdb");
    expect(loaded["native"]?.length).toBeGreaterThan(0);
  });
});
