import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { functionReference } from "../../scripts/function-reference/function-reference.ts";
import { renderDiagnostic } from "../../src/core/index.ts";
import { formatText, type UserFunction } from "../../src/dsl/index.ts";
import { loadFunctions, runDefinitionTests } from "../../src/featurestore/index.ts";
import { LmdbStore } from "../../src/lmdb.ts";
import { compileText } from "../dsl/check-one.ts";

const docs = join(import.meta.dirname, "../../docs");

/** The functions that the page shows, run as they stand but for where the library comes from. */
async function shownFunctions(): Promise<readonly UserFunction[]> {
  const text = readFileSync(join(docs, "language.md"), "utf8");
  const code = /^```ts\n(import \{ defineFunction \}.*?)^```$/ms.exec(text)?.[1] ?? "";
  const folder = mkdtempSync(join(tmpdir(), "tondo-docs-"));
  try {
    const library = pathToFileURL(join(docs, "../src/index.ts")).href;
    writeFileSync(join(folder, "tondo.functions.ts"), code.replace('"tondo"', JSON.stringify(library)));
    return (await loadFunctions(folder)).functions;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const functions = await shownFunctions();

/** The examples of a page, by their first line. */
function examples(page: string): readonly (readonly [line: number, text: string])[] {
  const text = readFileSync(join(docs, page), "utf8");
  return [...text.matchAll(/^```tondo\n(.*?)^```$/gms)].map((match) => [
    text.slice(0, match.index).split("\n").length + 1,
    match[1] ?? "",
  ]);
}

describe("the language reference", () => {
  it.each(examples("language.md"))("has an example at line %i that compiles", (_line, text) => {
    const { diagnostics, plan } = compileText(text, "example.tondo", functions);
    expect(diagnostics).toEqual([]);
    expect(plan).toBeDefined();
  });

  it.each(examples("language.md"))("has an example at line %i in its one form", (_line, text) => {
    expect(formatText({ path: "example.tondo", text }).text).toBe(text);
  });

  it("has test blocks, which hold", async () => {
    let tested = 0;
    for (const [line, text] of examples("language.md")) {
      const { plan, tests } = compileText(text, "example.tondo", functions);
      if (plan === undefined || tests.length === 0) continue;
      const results = await runDefinitionTests({
        plan,
        tests,
        engine: { functions },
        openStore: (folder) => LmdbStore.open({ folder }),
      });
      expect(
        results.filter(({ passed }) => !passed),
        String(line),
      ).toEqual([]);
      tested += results.length;
    }
    expect(tested).toBe(2);
  });

  it("shows the error of a wrong name as it is", () => {
    const [, example] = examples("language.md")[0] ?? [];
    const text = example?.replace("kitchen:prep_7d |", "kitchen:prep_8d |") ?? "";
    const { diagnostics } = compileText(text, "eats.tondo");
    expect(diagnostics).toHaveLength(1);
    const page = readFileSync(join(docs, "language.md"), "utf8");
    for (const diagnostic of diagnostics)
      expect(page).toContain(`\`\`\`text\n${renderDiagnostic(diagnostic, text)}\n\`\`\``);
  });

  it("has examples", () => {
    expect(functions.map(({ name }) => name)).toEqual(["loyalty"]);
    expect(examples("language.md").length).toBeGreaterThanOrEqual(5);
  });

  it("lists the precedence that the parser has", () => {
    // The rows themselves are tests of the parser.
    const text = readFileSync(join(docs, "language.md"), "utf8");
    const rows = [
      "`x \\| f`",
      "`??`",
      "`or`",
      "`and`",
      "`not`",
      "`== !=",
      "`+ -`",
      "`* /`",
      "unary `-`",
      "`^`",
      "`f(a, b)`",
    ];
    const places = rows.map((row) => text.indexOf(`\n| ${row}`));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("has a page of functions that is current: else run scripts/generate-function-reference.ts", async () => {
    const path = join(docs, "functions.md");
    const options = await resolveConfig(path);
    expect(readFileSync(path, "utf8")).toBe(await format(functionReference(), { ...options, parser: "markdown" }));
  });
});
