import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { errorsIn } from "../types/errors-in.ts";
import { mainScript } from "./run-tondo.ts";

/** A block of the tutorial: commands, and the output shown below them. */
interface Block {
  readonly line: number;
  readonly script: string;
  readonly exit: number;
  readonly shown: readonly string[];
}

const text = readFileSync(join(import.meta.dirname, "../../docs/tutorial.md"), "utf8");

/**
 * The fenced `sh` blocks in order. A `text` block right after one is its output: each of its lines must appear, in this order, where
 * `…` stands for anything. `sh exit=1` is a block that must end with that code.
 */
function blocksOf(markdown: string): readonly Block[] {
  const blocks: { line: number; script: string; exit: number; shown: string[] }[] = [];
  for (const match of markdown.matchAll(/^```(sh|text)([^\n]*)\n([\s\S]*?)^```$/gm)) {
    const [, kind, info = "", body = ""] = match;
    const line = markdown.slice(0, match.index).split("\n").length;
    if (kind === "sh") blocks.push({ line, script: body, exit: Number(/exit=(\d+)/.exec(info)?.[1] ?? 0), shown: [] });
    else blocks.at(-1)?.shown.push(...body.split("\n").filter((shown) => shown.trim() !== ""));
  }
  return blocks;
}

const blocks = blocksOf(text);

describe("docs/tutorial.md", () => {
  let folder: string;
  // What `cd` a block does holds for the next ones, as in a reader's shell.
  let working: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tondo-tutorial-"));
    working = folder;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(blocks.map((block) => [block.line, block] as const))(
    "line %i runs and shows what it says",
    (_line, block) => {
      const command = `tondo() { '${process.execPath}' '${mainScript}' "$@"; }`;
      const ran = spawnSync("bash", ["-c", `set -e; ${command}; { ${block.script}\n} 2>&1; pwd >&3`], {
        cwd: working,
        encoding: "utf8",
        env: { PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter), HOME: folder },
        stdio: ["ignore", "pipe", "pipe", "pipe"],
      });
      expect([ran.status, ran.stdout]).toEqual([block.exit, expect.any(String)]);
      working = ran.output[3]?.trim() || working;
      const lines = ran.stdout.split("\n");
      let from = 0;
      for (const shown of block.shown) {
        const pattern = new RegExp(`^${shown.trimEnd().split("…").map(escaped).join(".*")}$`);
        const at = lines.findIndex((line, i) => i >= from && pattern.test(line.trimEnd()));
        expect(at >= 0 ? shown : ran.stdout, `"${shown}" is not in the output, or not in this place`).toBe(shown);
        from = at + 1;
      }
    },
  );

  it("has a program that runs after the commands, and compiles but for the line that says so", async () => {
    const [first = "", second = ""] = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
    const wrong = /^.*; \/\/ does not compile$/gm;
    expect(second.match(wrong)).toHaveLength(1);
    const library = join(import.meta.dirname, "../../src/index.ts");
    const program = `${first}${second.replace(wrong, "")}`.replace('"tondo"', JSON.stringify(library));
    const shown = "JSON.stringify({ prediction, level, vector, read: values })";
    writeFileSync(join(folder, "main.mts"), `${program}console.log(${shown});\n`);
    const ran = spawnSync(process.execPath, ["main.mts"], { cwd: folder, encoding: "utf8" });
    expect([ran.status, ran.stderr]).toEqual([0, ""]);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      level: "city",
      prediction: expect.closeTo(31.3, 0.5) as number,
      vector: expect.objectContaining({ km: expect.any(Number) as number }) as object,
      read: { "restaurant:kitchen:prep_7d": { value: expect.closeTo(12.6, 0.5) as number, status: "present" } },
    });
    const typed = `export {};\n${first}${second.replace(wrong, "// @ts-expect-error\n$&")}void [prediction, level, vector];\n`;
    const types = readFileSync(join(folder, "orders/tondo.d.ts"), "utf8");
    expect(errorsIn({ "main.mts": typed, "tondo.d.ts": types }, { tondo: [library] })).toEqual([]);
  }, 120_000);

  it("uses every command that a beginner types", () => {
    // An editor starts the one, nobody needs the other to begin with, and extracting needs a database.
    // What keeps a store in order, and what is made of its answers, comes with the first service and has pages of its own.
    const notTyped = new Set([
      ...["language-server", "version", "extract"],
      ...["freshness", "schedule", "generations", "served", "consistency", "erase", "stream", "backfill"],
    ]);
    const used = new Set(
      blocks.flatMap(({ script }) => [...script.matchAll(/tondo ([a-z-]+)/g)].map(([, name]) => name)),
    );
    const missing = commands.map(({ name }) => name).filter((name) => !used.has(name) && !notTyped.has(name));
    expect(missing).toEqual([]);
  });
});

function escaped(part: string): string {
  return part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
