import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashRule } from "../../src/featurestore/index.ts";
import { type OrdersProject, ordersProject, step } from "../cli/orders-project.ts";
import { tondo } from "../cli/run-tondo.ts";

const page = await readFile(join(import.meta.dirname, "../../docs/training-sets.md"), "utf8");

/** The fenced blocks of a kind. */
function blocks(info: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${info}\\n(.*?)^\`\`\`$`, "gms"))].map(([, text = ""]) => text);
}

const base = { vector: "eta", rows: "data/deliveries.parquet", carry: ["country", "city"], output: "training/part" };

describe("docs/training-sets.md", () => {
  let project: OrdersProject;
  beforeAll(async () => {
    project = await ordersProject("applied");
    await mkdir(join(project.folder, "training-sets"));
  });
  afterAll(() => project[Symbol.asyncDispose]());

  async function write(name: string, text: string): Promise<string> {
    const path = join("training-sets", name);
    await writeFile(join(project.folder, path), text);
    return path;
  }

  it("shows a file, the command and what it says", async () => {
    const [text = ""] = blocks("json eta");
    const spec = await write("eta.json", text);
    const [command = ""] = blocks("sh");
    expect(command).toBe(`tondo training-set --spec ${spec}\n`);
    const ran = await tondo(project.folder, "training-set", "--spec", spec);
    expect(ran.code, ran.err).toBe(0);
    const lines = ran.out.split("\n");
    const [shown = ""] = blocks("text");
    for (const line of shown.trimEnd().split("\n")) {
      const pattern = line.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      const at = lines.findIndex((own) => new RegExp(`^${pattern.join(".*")}$`).test(own));
      expect(at, `${line}\nin\n${ran.out}`).toBeGreaterThanOrEqual(0);
      lines.splice(0, at + 1);
    }
    // The program below it says the same members.
    const [program = ""] = blocks("ts");
    expect(program).toContain(`{ spec: "${spec}", output: "training/eta_fr" }`);
  });

  it("shows an error as it is", async () => {
    const [shown = ""] = blocks("text wrong");
    const spec = await write(
      "wrong.json",
      '{\n  "vector": "eta",\n  "rows": "data/deliveries.parquet",\n  "filters": [{ "column": "country", "isin": ["FR"] }],\n  "output": "training/x"\n}\n',
    );
    const ran = await tondo(project.folder, "training-set", "--spec", spec);
    expect(ran.code).toBe(1);
    expect(ran.err.replace(project.folder, "…")).toBe(shown);
  });

  it.each([
    ...blocks("json run").map((text) => [JSON.parse(text) as object]),
    ...blocks("json part").map((text) => [{ ...base, ...(JSON.parse(`{${text}}`) as object) }]),
  ])("has specifications that make sets: %j", async (specification) => {
    const spec = await write("one.json", JSON.stringify(specification));
    const { counts, rows } = await step(project.folder, "training-set", "--spec", spec);
    const parts = counts as Readonly<Record<string, number>>;
    expect(parts["train"]).toBeGreaterThan(100);
    expect(Object.values(parts).reduce((sum, n) => sum + n, 0)).toBe(rows);
    const text = JSON.stringify(specification);
    if (text.includes('"filters"')) expect(parts["filtered"]).toBeGreaterThan(0);
    if (text.includes('"sampling"')) expect(parts["unsampled"]).toBeGreaterThan(0);
    if (text.includes('"holdout"')) expect(parts["holdout"]).toBeGreaterThan(0);
  });

  it("reads batches as it says", async () => {
    const [program = ""] = blocks("ts batches");
    const one = { ...base, output: "training/batches" };
    const spec = await write("batches.json", JSON.stringify(one));
    const { counts } = await step(project.folder, "training-set", "--spec", spec);
    const file = join(project.folder, "batches.ts");
    const entry = JSON.stringify(join(import.meta.dirname, "../../src/arrow.ts"));
    const set = JSON.stringify(join(project.folder, "training/batches"));
    expect(program).toContain('"tondo/arrow"');
    await writeFile(
      file,
      `${program.replace('"tondo/arrow"', entry).replace('"training/eta"', set)}\nexport { sum };\n`,
    );
    const { sum } = (await import(file)) as { readonly sum: number };
    expect(sum).toBeGreaterThan(10 * ((counts as Readonly<Record<string, number>>)["train"] ?? 0));
  });

  it("says how lots are drawn in the words of the program", () => {
    expect(page.replaceAll(/\s+/g, " ")).toContain(hashRule);
  });

  it("is complete: every member has a word", async () => {
    const schema = JSON.parse(
      await readFile(join(import.meta.dirname, "../../docs/training-set.schema.json"), "utf8"),
    ) as { properties: object };
    for (const name of Object.keys(schema.properties))
      expect(page, name).toMatch(new RegExp(`["\`]${name.replace("$", "\\$")}\\b`));
  });
});
