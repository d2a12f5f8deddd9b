import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execPath } from "node:process";
import { promisify } from "node:util";
import { expect } from "vitest";
import { tondo } from "../cli/run-tondo.ts";

/** Commands, their exit code, and the lines shown below them. */
interface Block {
  readonly commands: readonly string[];
  readonly exit: number;
  readonly shown: readonly string[];
}

const escaped = (part: string): string => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(/^```sh(?: exit=(\d))?\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```)?/gm)].map(
    ([, exit = "0", script = "", shown = ""]): Block => ({
      commands: script.trim().split("\n"),
      exit: Number(exit),
      shown: shown.split("\n").filter((line) => line !== ""),
    }),
  );
}

/**
 * Runs the commands of a page of the documentation, one after the other, and holds that each says the lines that the page shows, in their order: `…` stands for
 * anything. Gives how many blocks of commands there were.
 *
 * @param more what each command is given besides
 */
export async function runShellBlocks(text: string, folder: string, ...more: readonly string[]): Promise<number> {
  const blocks = blocksOf(text);
  for (const { commands, exit, shown } of blocks) {
    let out = "";
    for (const [i, command] of commands.entries()) {
      const ran = await tondo(folder, ...command.split(" ").slice(1), "--quiet", ...more);
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
  return blocks.length;
}

const library = JSON.stringify(join(import.meta.dirname, "../../src/index.ts"));

/**
 * Runs a `ts` program of a page of the documentation in a folder, and gives what it printed.
 *
 * @param place which of the page's programs, from 0
 */
export async function runProgram(
  text: string,
  folder: string,
  place = 0,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const programs = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, program = ""]) => program);
  const program = programs[place];
  if (program === undefined) throw new Error(`the page has ${String(programs.length)} programs`);
  const file = `program-${String(place)}.mts`;
  await writeFile(join(folder, file), program.replace('"tondo"', library));
  return promisify(execFile)(execPath, [file], { cwd: folder });
}
