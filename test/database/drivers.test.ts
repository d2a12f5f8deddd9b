import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { loadPg } from "../../src/database/postgres/pg-module.ts";

it("says what to install where pg is missing", async () => {
  const error = Object.assign(new Error("Cannot find package 'pg'"), { code: "ERR_MODULE_NOT_FOUND" });
  await expect(loadPg(() => Promise.reject(error))).rejects.toMatchObject({
    code: "DRIVER_MISSING",
    hint: "Run: npm install pg@8",
  });
  await expect(loadPg(() => Promise.reject(new RangeError("other")))).rejects.toThrow(RangeError);
});

/** The packages that importing a folder of `src` loads, in a process of its own. */
async function packagesOf(folder: string): Promise<readonly string[]> {
  const index = pathToFileURL(join(import.meta.dirname, "../../src", folder, "index.ts")).href;
  const program = `
    import { registerHooks } from "node:module";
    const seen = new Set();
    registerHooks({ resolve(specifier, context, next) {
      const found = next(specifier, context);
      const match = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(found.url);
      if (match) seen.add(match[1]);
      return found;
    } });
    await import(${JSON.stringify(index)});
    console.log(JSON.stringify([...seen].sort()));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
  return JSON.parse(stdout) as string[];
}

it("loads no server's driver until it is used", async () => {
  expect(await packagesOf("database")).toEqual(["kysely"]);
  expect(await packagesOf("registry")).toEqual(["fflate", "kysely", "uuid"]);
});
