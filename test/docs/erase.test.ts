import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrdersProject, ordersProject } from "../cli/orders-project.ts";
import { runProgram, runShellBlocks } from "./shell-blocks.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = await readFile(join(root, "docs/erase.md"), "utf8");

let project: OrdersProject;
beforeAll(async () => {
  project = await ordersProject("applied");
});
afterAll(() => project[Symbol.asyncDispose]());

describe("docs/erase.md", () => {
  it("shows commands that run, one after the other, and say what it says", { timeout: 60_000 }, async () => {
    expect(await runShellBlocks(text, project.folder)).toBe(6);
  });

  it("shows a program that runs after them", { timeout: 60_000 }, async () => {
    const { stdout, stderr } = await runProgram(text, project.folder);
    expect(stderr).toBe("");
    expect(stdout).toMatch(
      /^6 0\norders data\/orders\.parquet \d+\nrestaurants data\/restaurants\.csv \d+\nrestaurant true\n$/,
    );
  });
});
