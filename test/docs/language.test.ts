import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { functionReference } from "../../scripts/function-reference/function-reference.ts";
import { compileText } from "../dsl/check-one.ts";

const docs = join(import.meta.dirname, "../../docs");

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
    const { diagnostics, plan } = compileText(text);
    expect(diagnostics).toEqual([]);
    expect(plan).toBeDefined();
  });

  it("has examples", () => {
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
