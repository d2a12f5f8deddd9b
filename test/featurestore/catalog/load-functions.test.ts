import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadFunctions } from "../../../src/featurestore/index.ts";

const library = pathToFileURL(join(import.meta.dirname, "../../../src/dsl/functions/index.ts")).href;
const definition = (name: string, result: string): string =>
  `defineFunction({ name: "${name}", version: 1, takes: { x: "float" }, returns: "float?", compute: ({ x }) => ${result} })`;
const fileOf = (...lines: readonly string[]): string =>
  [`import { defineFunction } from ${JSON.stringify(library)};`, ...lines, ""].join("\n");

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-functions-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const names = async (file?: string): Promise<readonly string[]> =>
  (await loadFunctions(folder, file)).functions.map(({ name }) => name);

describe("the functions of a project's folder", () => {
  it("are none where there is no file", async () => {
    expect(await loadFunctions(folder)).toEqual({ functions: [] });
  });

  it("are what tondo.functions.ts exports, by name, in a list or as default", async () => {
    await put(
      "tondo.functions.ts",
      fileOf(
        `export const one = ${definition("one", "x")};`,
        `const two: unknown = ${definition("two", "x")};`,
        "export default [one, two];",
      ),
    );
    expect([...(await names())].sort()).toEqual(["one", "two"]);
  });

  it("stand in JavaScript or in another file as well", async () => {
    await put("tondo.functions.js", fileOf(`export const one = ${definition("one", "x")};`));
    await put("other.mjs", fileOf(`export const three = ${definition("three", "x")};`));
    expect(await names()).toEqual(["one"]);
    expect(await names("other.mjs")).toEqual(["three"]);
    await expect(names("none.ts")).rejects.toMatchObject({ code: "IO_FAILED" });
  });

  it("are loaded anew where the file has changed, and not where it has not", async () => {
    await put("tondo.functions.ts", fileOf(`export const one = ${definition("one", "x")};`));
    const first = await loadFunctions(folder);
    expect(await loadFunctions(folder, undefined, first)).toBe(first);
    await put("tondo.functions.ts", fileOf(`export const one = ${definition("one", "x + 1")};`));
    await utimes(join(folder, "tondo.functions.ts"), 1, 1);
    const second = await loadFunctions(folder, undefined, first);
    expect(second.functions[0]?.source).not.toBe(first.functions[0]?.source);
  });

  it.each([
    ["export const plain = (x: number): number => x;", 'exports something as "plain"'],
    [`export const some = [${definition("one", "x")}, 3];`, 'an array with something as "some"'],
    ["export const nothing = null;", '"nothing"'],
    ['throw new Error("no such day");', "cannot be loaded: Error: no such day"],
    ["export const x = ;", "cannot be loaded"],
    ['import { y } from "./gone.ts";', "cannot be loaded"],
    [`export const a = ${definition("sum", "x")};`, "an aggregate"],
    [`export const a = ${definition("a", "x")}, b = ${definition("a", "1")};`, 'two functions are named "a"'],
  ])("are refused with what is wrong: %s", async (line, said) => {
    await put("tondo.functions.mjs", fileOf(line.replaceAll(": number", "")));
    await expect(names()).rejects.toMatchObject({
      code: "FUNCTIONS_INVALID",
      message: expect.stringContaining(said) as string,
      where: join(folder, "tondo.functions.mjs"),
    });
  });
});
