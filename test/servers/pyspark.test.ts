import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findJava, pysparkFolder, pysparkVersion } from "./pyspark.ts";
import type { Run } from "./run-to-end.ts";

let caches: string;
beforeEach(() => {
  caches = mkdtempSync(join(tmpdir(), "tondo-pyspark-"));
});
afterEach(() => {
  rmSync(caches, { recursive: true });
});

/** Does what `pip install --target` would leave behind. */
const fetches: Run = async (_program, args) => {
  await sleep(20);
  const target = args[args.indexOf("--target") + 1];
  if (args.includes("--target") && target !== undefined) mkdirSync(join(target, "pyspark"), { recursive: true });
};

it("makes the folder once, whole, for runs that ask at the same time", async () => {
  const asked = await Promise.all([1, 2, 3].map(() => pysparkFolder({ XDG_CACHE_HOME: caches }, fetches)));
  const folder = join(caches, "tondo-test", `pyspark-${pysparkVersion}`);
  expect(asked).toEqual([folder, folder, folder]);
  expect(existsSync(join(folder, "pyspark"))).toBe(true);
  expect(readdirSync(join(caches, "tondo-test"))).toEqual([`pyspark-${pysparkVersion}`]);
  const never: Run = () => Promise.reject(new Error("asked again"));
  expect(await pysparkFolder({ XDG_CACHE_HOME: caches }, never)).toBe(folder);
});

it("says what to install, and leaves nothing half made", async () => {
  const environment = { XDG_CACHE_HOME: caches };
  const nothing: Run = () => Promise.reject(new Error("spawn python3 ENOENT"));
  await expect(pysparkFolder(environment, nothing)).rejects.toThrow("apt-get install python3-venv");
  const offline: Run = (_program, args) => (args.includes("pip") ? nothing("", [], 0) : Promise.resolve());
  await expect(pysparkFolder(environment, offline)).rejects.toThrow(`pyspark ${pysparkVersion} could not be fetched`);
  expect(readdirSync(join(caches, "tondo-test"))).toEqual([]);
  expect(() => findJava({ JAVA_HOME: "/nowhere" })).toThrow("need Java 17 or newer. None was found");
});
