import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execPath } from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockHome } from "../../src/featurestore/home-lock.ts";

const busy = expect.objectContaining({ code: "HOME_BUSY" }) as Error;
let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "tondo-home-"));
});
afterEach(async () => rm(home, { recursive: true }));

describe("lockHome", () => {
  it("is held by one at a time, also within a process, and can be taken again", () => {
    const first = lockHome(path.join(home, "new"), "materialize");
    expect(() => lockHome(path.join(home, "new"), "apply")).toThrow(busy);
    using other = lockHome(home, "apply");
    expect(other).toBeDefined();
    first.release();
    first.release();
    lockHome(path.join(home, "new"), "apply").release();
  });

  it("ends with the process that held it, killed or not", async () => {
    const module = path.resolve(import.meta.dirname, "../../src/featurestore/home-lock.ts");
    const program = `const { lockHome } = await import(${JSON.stringify(module)});
      globalThis.held = lockHome(${JSON.stringify(home)}, "materialize");
      console.log("held"); setInterval(() => undefined, 1000);`;
    const child = spawn(execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    expect(() => lockHome(home, "materialize")).toThrow(busy);
    child.kill("SIGKILL");
    await once(child, "exit");
    lockHome(home, "materialize").release();
  });

  it("says that a home cannot be locked", async () => {
    const file = path.join(home, "file");
    await writeFile(file, "");
    expect(() => lockHome(file, "apply")).toThrow(expect.objectContaining({ code: "IO_FAILED", where: file }));
  });
});
