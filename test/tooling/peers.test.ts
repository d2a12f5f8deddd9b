import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OwnTime } from "../../benchmarks/harness/sample.ts";
import { PeerProcess } from "../../benchmarks/peers/peer-process.ts";
import { feastPython, pythonWith } from "../../benchmarks/peers/python.ts";

describe("a peer", () => {
  const peer = (script: string): Promise<PeerProcess> => PeerProcess.start(process.execPath, ["-e", script]);

  it("answers by lines of JSON among others, and tells its own times and its peak of memory", async () => {
    const process = await peer(`
      console.log("warming up");
      console.log('{"peer":"1.0"}');
      let peak = 3e9;
      require("node:readline").createInterface({ input: require("node:process").stdin }).on("line", (line) => {
        console.log("... " + line);
        console.log(JSON.stringify(line === "join" ? { seconds: 1.5, peak: (peak -= 1e9) } : {}));
      });`);
    expect(await process.measure("join")).toEqual(new OwnTime(1.5e9));
    expect(await process.ask("write")).toEqual({});
    await process.measure("join");
    expect(process.peak).toBe(2e9);
    process.close();
  });

  it("that ends is told with what it said", async () => {
    await expect(peer(`console.error("no module named polars"); process.exitCode = 1`)).rejects.toThrow(
      "the peer ended: no module named polars",
    );
  });
});

describe("the environment of a peer", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tondo-peers-"));
    vi.stubEnv("XDG_CACHE_HOME", folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  /** Stands for `python3 -m venv FOLDER`, whose Python installs nothing but says so. */
  function pretendPython(status: number): void {
    const programs = join(folder, "programs");
    mkdirSync(programs);
    const installing = `#!/bin/sh\\necho "$@" >> ${folder}/installed; exit ${String(status)}\\n`;
    writeFileSync(
      join(programs, "python3"),
      `#!/bin/sh\nmkdir -p "$3/bin" && printf '${installing}' > "$3/bin/python3" && chmod +x "$3/bin/python3"\n`,
    );
    chmodSync(join(programs, "python3"), 0o755);
    vi.stubEnv("PATH", `${programs}:${process.env["PATH"] ?? ""}`);
  }

  it("is made once", async () => {
    pretendPython(0);
    const python = await feastPython();
    expect(python).toBe(join(folder, "tondo-peers", "feast-feast-duckdb-0.67.0", "bin", "python3"));
    await feastPython();
    const installed = readFileSync(join(folder, "installed"), "utf8");
    expect(installed.trim().split("\n")).toEqual([
      "-m pip install --quiet --disable-pip-version-check feast[duckdb]==0.67.0",
    ]);
  });

  it("that cannot be made says what it takes, and is tried again", async () => {
    pretendPython(1);
    for (let time = 0; time < 2; time++)
      await expect(pythonWith("polars", ["polars"])).rejects.toThrow("the Python package index");
    expect(readFileSync(join(folder, "installed"), "utf8").trim().split("\n")).toHaveLength(2);
  });
});
