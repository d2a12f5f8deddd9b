import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { formatText } from "../../src/dsl/index.ts";
import { Engine, sqlText } from "../../src/featurestore/duckdb/index.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** The fenced blocks of a language in the README. */
async function blocks(language: string): Promise<readonly string[]> {
  const text = await readFile(join(root, "README.md"), "utf8");
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, block = ""]) => block);
}

describe("README", () => {
  it("has an example that runs as it stands", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tondo-readme-"));
    try {
      const [definitions = ""] = await blocks("tondo");
      const [program = ""] = await blocks("ts");
      await writeFile(join(folder, "eats.tondo"), definitions);
      const local = program.replace('from "tondo"', `from ${JSON.stringify(join(root, "src/index.ts"))}`);
      await writeFile(
        join(folder, "main.ts"),
        `${local}\nconsole.log(JSON.stringify({ prediction, level, id: version.id }));\n`,
      );
      await makeData(folder);
      const { stdout } = await run(process.execPath, ["main.ts"], { cwd: folder });
      const answer = JSON.parse(stdout) as { prediction: number; level: string };
      expect(answer.level).toBe("global");
      expect(answer.prediction).toBeGreaterThan(5);
      expect(answer.prediction).toBeLessThan(60);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);

  it("has its definitions in their one form", async () => {
    for (const text of await blocks("tondo")) expect(formatText({ path: "eats.tondo", text }).text).toBe(text);
  });

  it("names only documents that exist", async () => {
    const text = await readFile(join(root, "README.md"), "utf8");
    for (const [, path = ""] of text.matchAll(/\]\(([^)#]+)\)/g))
      await expect(readFile(join(root, path)), path).resolves.toBeDefined();
  });
});

/** Sixty days of orders of five restaurants, and as many requests. */
async function makeData(folder: string): Promise<void> {
  await mkdir(join(folder, "data/orders"), { recursive: true });
  const engine = await Engine.open();
  try {
    const orders = `select 'r' || (1 + i % 5) as restaurant_id, timestamp '2024-01-10' + to_minutes(i * 20) as ordered_at,
      timestamp '2024-01-10' + to_minutes(i * 20 + 40) as loaded_at, (10 + i % 13 + 3 * (i % 5))::double as prep_minutes, 'done' as status from range(4300) t(i)`;
    await engine.run(
      `copy (${orders}) to ${sqlText(join(folder, "data/orders/1.parquet"))} (format parquet)`,
      "writing",
    );
    const rows = `select restaurant_id as store, ordered_at as at, (i % 9)::double as distance_km, prep_minutes + 2 * (i % 9) as minutes,
      loaded_at as delivered_at from (select *, row_number() over () as i from (${orders}))`;
    await engine.run(`copy (${rows}) to ${sqlText(join(folder, "data/rows.parquet"))} (format parquet)`, "writing");
  } finally {
    engine.close();
  }
}
