import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { errorsIn } from "../types/errors-in.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
const [, file = "", entry = ""] =
  /^```ts\n\/\/ (\S+), in the list that the file exports\n(.*?)^```$/ms.exec(page) ?? [];

/** What of the entry is looked at. */
interface Shown {
  readonly name: string;
  readonly examples: readonly { readonly text: string; readonly result: number }[];
  readonly overloads: readonly { readonly compute: () => (...args: readonly number[]) => number }[];
}

/** The entry as it would stand in the file that the page names. */
const module = (folder: string): string => `
import { finite, type ScalarFunction } from ${JSON.stringify(`${folder}/src/dsl/functions/scalar-function.ts`)};
export const list: readonly ScalarFunction[] = [
${entry}];
`;

it("CONTRIBUTING shows an entry that compiles, and gives what its examples say", async () => {
  expect(readFileSync(join(root, file), "utf8")).toMatch(/^export const \w+: readonly ScalarFunction\[\] = \[$/m);
  expect(errorsIn({ "entry.ts": module("../..") })).toEqual([]);
  const folder = mkdtempSync(join(tmpdir(), "tondo-contributing-"));
  try {
    const path = join(folder, "entry.ts");
    writeFileSync(path, module(root));
    const { list } = (await import(pathToFileURL(path).href)) as { readonly list: readonly Shown[] };
    const [shown] = list;
    expect(list).toHaveLength(1);
    for (const { text, result } of shown?.examples ?? []) {
      const [, name, args = ""] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
      expect(name).toBe(shown?.name);
      expect(shown?.overloads[0]?.compute()(...args.split(",").map(Number))).toBe(result);
    }
    expect(shown?.overloads[0]?.compute()(-1e308, 0, 1e308, 1e308)).toBe(NaN);
    expect(shown?.examples).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
