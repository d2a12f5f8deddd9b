import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toMicros } from "../../src/core/index.ts";
import { open } from "../../src/open.ts";
import { loadedAt, type OrdersProject, ordersProject } from "../cli/orders-project.ts";
import { errorOf, jsonOf, tondo } from "../cli/run-tondo.ts";
import { alterLog, logPredictions, writeServedLog } from "../featurestore/consistency/write-served-log.ts";
import { runProgram, runShellBlocks } from "./shell-blocks.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = await readFile(join(root, "docs/consistency.md"), "utf8");

let project: OrdersProject;
let folder: string;
beforeAll(async () => {
  project = await ordersProject("served");
  ({ folder } = project);
  const opened = await open({ folder, engine: { threads: 1 } });
  const eta = (await opened.project()).vectors.find(({ name }) => name === "eta");
  if (eta === undefined) throw new Error("no vector");
  const rows = await logPredictions(
    opened,
    eta,
    "eta@champion",
    Array.from({ length: 200 }, (_, i) => ({
      keys: { store: `r${String(1 + (i % 20)).padStart(2, "0")}` },
      inputs: { distance_km: 3.5, items: i % 4 },
      at: BigInt(toMicros(loadedAt) + i * 10_000_000),
    })),
  );
  await writeServedLog(join(folder, "logs/requests.parquet"), eta, rows);
  await alterLog(join(folder, "logs/requests.parquet"), join(folder, "skewed/requests.parquet"), {
    store__restaurant__kitchen__prep_7d: "round(store__restaurant__kitchen__prep_7d, 2)",
  });
  await opened.close();
});
afterAll(() => project[Symbol.asyncDispose]());

describe("docs/consistency.md", { timeout: 120_000 }, () => {
  it("shows commands that say what it says", async () => {
    expect(await runShellBlocks(text, folder, "--threads", "1")).toBe(2);
  });

  it("shows a test that runs, and a program", async () => {
    const [{ stdout: tested }, { stdout: ran }] = await Promise.all([
      runProgram(text, folder),
      runProgram(text, folder, 1),
    ]);
    expect(tested).toMatch(/# pass 1|pass 1/);
    expect(tested).toMatch(/fail 0/);
    const [, first = "none"] = /consistencyText\(report\)\); \/\/ (.*)/.exec(text) ?? [];
    expect(ran.split("\n")[0]).toBe(first);
    expect(ran).toMatch(/\nstore__restaurant__kitchen__prep_7d 0\n[\s\S]*\ntrue\n$/);
  });
});

describe("tondo consistency", { timeout: 120_000 }, () => {
  it("prints the same as JSON, with moments as ISO 8601, and writes a page", async () => {
    const argv = ["consistency", "eta", "--log", "skewed/*.parquet", "--rows", "40", "--threads", "1"];
    const ran = await tondo(folder, ...argv, "--json", "--html", "page.html", "--pii", "cuisine");
    expect(ran.code).toBe(3);
    const found = jsonOf(ran);
    expect(found).toMatchObject({ vector: "eta", consistent: false, rows: 40, since: null, html: "page.html" });
    expect(found["first"]).toMatch(/^2024-02-29T19:.*Z$/);
    const features = found["features"] as { name: string; differing: number; examples: { at: string }[] }[];
    const wrong = features.filter(({ differing }) => differing > 0);
    expect(wrong.map(({ name }) => name)).toEqual(["store__restaurant__kitchen__prep_7d"]);
    expect(wrong[0]?.examples[0]?.at).toMatch(/^2024-02-29T19:.*Z$/);
    const page = await readFile(join(folder, "page.html"), "utf8");
    expect(page).toContain("<h1>Consistency of eta</h1>");
    const tolerant = await tondo(folder, ...argv, "--tolerance", "0.01", "--quiet");
    expect([tolerant.code, tolerant.out]).toEqual([
      0,
      expect.stringContaining("floats may differ by 0.01 of the larger") as string,
    ]);
  });

  it("tells that nothing is there to compare from what is wrongly asked", async () => {
    const none = await tondo(folder, "consistency", "eta", "--quiet");
    expect([none.code, none.out]).toEqual([3, expect.stringMatching(/warning: the log has no request/) as string]);
    const absent = await tondo(folder, "consistency", "eta", "--log", "none/*.parquet", "--json");
    expect([absent.code, errorOf(absent).code]).toEqual([1, "SOURCE_MISSING"]);
    expect((await tondo(folder, "consistency", "eta", "--knowledge", "some")).code).toBe(2);
    expect((await tondo(folder, "consistency", "eta", "--rows", "0")).code).toBe(2);
    expect((await tondo(folder, "consistency")).code).toBe(2);
    expect(errorOf(await tondo(folder, "consistency", "eat", "--json")).code).toBe("UNKNOWN_VECTOR");
  });
});
