import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { grammarDiagrams } from "../../scripts/grammar/grammar-diagrams.ts";
import { grammarPage } from "../../scripts/grammar/grammar-page.ts";
import { grammarRules } from "../../scripts/grammar/productions.ts";

const docs = join(import.meta.dirname, "../../docs");

describe("the pages of the grammar", () => {
  it("are current: else run scripts/generate-grammar.ts", async () => {
    const path = join(docs, "grammar.md");
    const options = await resolveConfig(path);
    expect(readFileSync(path, "utf8")).toBe(await format(grammarPage(), { ...options, parser: "markdown" }));
    expect(readFileSync(join(docs, "grammar.html"), "utf8")).toBe(grammarDiagrams());
  });

  it("have a diagram of every rule, and no script", () => {
    const page = grammarDiagrams();
    const rules = grammarRules();
    expect(rules.length).toBeGreaterThan(30);
    expect(page.match(/<svg /g)).toHaveLength(rules.length);
    for (const { name } of rules) expect(page).toContain(`<h2 id="${name}">`);
    expect(page).not.toContain("<script");
  });
});
