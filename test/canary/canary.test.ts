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

const tenLines = `
  import { linearTrainer, open } from "tondo";
  await using tondo = await open({ folder: "shop" });
  await tondo.apply();
  const split = { train: { to: "2024-02-16T00:00:00Z" }, holdout: { from: "2024-02-16T00:00:00Z" } };
  const rows = "data/deliveries.parquet";
  const set = await tondo.trainingSet({ vector: "eta", rows, split, output: "training/eta" });
  await tondo.train({ set, model: "eta", label: "minutes", trainer: linearTrainer, tag: "champion" });
  await tondo.materialize({ asOf: "2024-02-28T12:00:00Z" });
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
        const type = subpath.endsWith(".json") ? { with: { type: "json" } } : {};
        names[subpath] = Object.keys(await import(subpath, type)).length;
      }
      console.log(JSON.stringify(names));
    `;
    const names = parse(installed.run("subpaths.mjs", program)) as Readonly<Record<string, number>>;
    expect(Object.keys(names)).toEqual(installed.subpaths);
    expect(Object.entries(names).filter(([, count]) => count === 0)).toEqual([]);
  });

  it("has the command, and runs a program of ten lines from definitions to a prediction", () => {
    expect(existsSync(join(installed.folder, "node_modules/.bin/tondo"))).toBe(true);
    installed.command("init", "shop");
    installed.run("main.mjs", tenLines);
    const at = ["--folder", "shop", "--at", "loaded", "--json"];
    const asked = ["--key", "store=r01", "--input", "distance_km=3", "--input", "items=2"];
    const answer = parse(installed.command("predict", "eta@champion", ...asked, ...at)) as { prediction: number };
    expect(answer.prediction).toBeGreaterThan(5);
    expect(answer.prediction).toBeLessThan(90);
    // Commands that load modules late find them in the package, too.
    const late = ["--model", "late", "--label", "late", "--trainer", "logistic", "--folder", "shop", "--json"];
    expect(parse(installed.command("train", "training/eta", ...late))).toMatchObject({ model: "late" });
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
