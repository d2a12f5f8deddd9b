import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

describe("bootstrap", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tondo-bootstrap-"));
    copyFileSync(join(root, "bootstrap.mjs"), join(folder, "bootstrap.mjs"));
    writeFileSync(join(folder, "package-lock.json"), "{}");
    mkdirSync(join(folder, "bin"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Puts a program on the path in npm's place: the registry is not what is tested. */
  const installer = (body: string): void =>
    writeFileSync(join(folder, "bin/npm"), `#!/bin/sh\necho "$@" >> calls\n${body}\n`, { mode: 0o755 });
  const run = (): { status: number | null; stdout: string; stderr: string } => {
    const { npm_execpath: _, ...environment } = process.env;
    return spawnSync(process.execPath, ["bootstrap.mjs"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...environment, PATH: [join(folder, "bin"), "/usr/bin", "/bin"].join(delimiter) },
    });
  };
  const calls = (): number => {
    const log = join(folder, "calls");
    return existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n").length : 0;
  };
  const installs = "mkdir -p node_modules/node/bin && touch node_modules/node/bin/node && echo chatter";

  it("installs once, again when the lockfile changed or Node is gone, and is silent otherwise", () => {
    installer(installs);
    expect(run()).toMatchObject({ status: 0, stdout: "", stderr: "installing dependencies (npm ci) ...\n" });
    expect(readFileSync(join(folder, "calls"), "utf8")).toMatch(/^ci /);
    expect(run()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(calls()).toBe(1);
    writeFileSync(join(folder, "package-lock.json"), '{"changed":true}');
    expect(run().status).toBe(0);
    expect(calls()).toBe(2);
    rmSync(join(folder, "node_modules/node"), { recursive: true });
    expect(run().status).toBe(0);
    expect(calls()).toBe(3);
    expect(run()).toMatchObject({ status: 0, stderr: "" });
  });

  it("shows what npm said when it fails, and tries again the next time", () => {
    installer("echo the registry is away >&2; exit 7");
    const { status, stdout, stderr } = run();
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("the registry is away\nnpm ci failed");
    installer(installs);
    expect(run().status).toBe(0);
    expect(calls()).toBe(2);
  });

  it("notices an installation that left no Node", () => {
    installer("mkdir node_modules");
    expect(run()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("are install scripts switched off?") as string,
    });
    expect(existsSync(join(folder, "node_modules/.tondo-lock"))).toBe(false);
  });
});
