import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrdersProject, ordersProject } from "../cli/orders-project.ts";
import { tondo } from "../cli/run-tondo.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = await readFile(join(root, "docs/freshness.md"), "utf8");

/** Commands, their exit code, and the lines shown below them. */
interface Block {
  readonly commands: readonly string[];
  readonly exit: number;
  readonly shown: readonly string[];
}

const blocks = [...text.matchAll(/^```sh(?: exit=(\d))?\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```)?/gm)].map(
  ([, exit = "0", script = "", shown = ""]): Block => ({
    commands: script.trim().split("\n"),
    exit: Number(exit),
    shown: shown.split("\n").filter((line) => line !== ""),
  }),
);

const escaped = (part: string): string => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

let project: OrdersProject;
beforeAll(async () => {
  project = await ordersProject("applied");
});
afterAll(() => project[Symbol.asyncDispose]());

describe("docs/freshness.md", () => {
  it("shows commands that run, one after the other, and say what it says", { timeout: 60_000 }, async () => {
    expect(blocks).toHaveLength(8);
    for (const { commands, exit, shown } of blocks) {
      let out = "";
      for (const [i, command] of commands.entries()) {
        const ran = await tondo(project.folder, ...command.split(" ").slice(1), "--quiet");
        expect([command, ran.code, ran.err]).toEqual([command, i === commands.length - 1 ? exit : 0, ""]);
        out += ran.out;
      }
      let from = 0;
      const lines = out.split("\n");
      for (const line of shown) {
        const pattern = new RegExp(`^${line.split("…").map(escaped).join(".*")}$`);
        const at = lines.findIndex((one, i) => i >= from && pattern.test(one));
        expect(at >= 0 ? line : out).toBe(line);
        from = at + 1;
      }
    }
  });

  it("shows a program that runs after them", { timeout: 60_000 }, async () => {
    const [, program = ""] = /^```ts\n([\s\S]*?)^```$/m.exec(text) ?? [];
    const local = program.replace('"tondo"', JSON.stringify(join(root, "src/index.ts")));
    await writeFile(join(project.folder, "look.mts"), local);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["look.mts"], { cwd: project.folder });
    expect(stderr).toBe("");
    expect(stdout).toContain("restaurant:kitchen fresh 600000000 3600000000\n");
    expect(stdout).toContain("[ '2 rolled back', '1 current' ]\nfalse\n15m # Loads each group");
  });
});
