import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ordersDefinitions } from "../../../src/cli/init/orders-definitions.ts";
import { layouts } from "../../../src/dsl/format/layouts.ts";
import { formatText } from "../../../src/dsl/index.ts";
import { grammarRules } from "../../../src/dsl/syntax/index.ts";
import { projectFiles, rightTexts, textOf, wrongTexts } from "./corpus.ts";
import { formatted } from "./same-meaning.ts";

/** `GOLDEN=write npx vitest run test/dsl/format/format-text.test.ts` writes them anew: read each change before keeping it. */
const write = process.env["GOLDEN"] === "write";
const golden = join(import.meta.dirname, "../../golden/format");
const names = globSync("*.tondo", { cwd: golden }).filter((name) => !name.endsWith(".formatted.tondo"));

describe("formatText", () => {
  it.each(names.sort())("%s", (name) => {
    const result = formatted(readFileSync(join(golden, name), "utf8"));
    const path = join(golden, name.replace(/\.tondo$/, ".formatted.tondo"));
    if (write && result !== undefined) writeFileSync(path, result);
    expect(result).toBe(existsSync(path) ? readFileSync(path, "utf8") : undefined);
  });

  it.each(projectFiles)("has nothing to change in %s", (path) => {
    expect(formatted(textOf(path))).toBe(textOf(path));
  });

  it("has nothing to change in what `tondo init` writes", () => {
    expect(formatted(ordersDefinitions)).toBe(ordersDefinitions);
  });

  it("keeps what every right text means", () => {
    for (const text of rightTexts) expect(formatted(text), text.slice(0, 300)).toBeDefined();
  });

  it("keeps what is wrong with a text that can be read", () => {
    const read = wrongTexts.filter((text) => formatted(text) !== undefined);
    expect(read.length).toBeGreaterThan(30);
  });

  it("has a layout for each rule of the grammar, and no other", () => {
    expect([...layouts.keys()].sort()).toEqual(grammarRules().toSorted());
  });

  it.each([
    ["x = ((a))", "x = a"],
    ["x = (a + b)", "x = a + b"],
    ["x = (a) + (b)", "x = a + b"],
    ["x = (a + b) * c", "x = (a + b) * c"],
    ["x = a + (b + c)", "x = a + (b + c)"],
    ["x = ((a * b)) + c", "x = (a * b) + c"],
    ["x = f((a), ((b + 1)))", "x = f(a, b + 1)"],
    ["x = f(n: (a | g))", "x = f(n: a | g)"],
    ["x = (f(a)) ^ - (2)", "x = f(a) ^ -2"],
    ["x = (-a) ^ 2", "x = (-a) ^ 2"],
    ["x = (a and b) or c", "x = (a and b) or c"],
    ["x = (a | f) + 1", "x = (a | f) + 1"],
    ["x = (@a:b:c[(k)]) ?? [(1), 2] | f()", "x = @a:b:c[k] ?? [1, 2] | f()"],
    ["x = not(a is   missing)", "x = not (a is missing)"],
    ["x = not not - - a", "x = not not --a"],
    ["x = a in([1])", undefined],
    ["x = (`a`) + `or` + `key` + key + `ä`", "x = a + `or` + `key` + key + `ä`"],
    ["x = (count() over 1h where a) ?? b", "x = (count() over 1h where a) ?? b"],
    ["x = count() over 1h where ((a == 1))", "x = count() over 1h where a == 1"],
    ["x = count() over 1h where (a ?? b)", "x = count() over 1h where (a ?? b)"],
    ["x = count() over 1h where (a == 1) ?? b", "x = count() over 1h where a == 1 ?? b"],
    ["x = count() over next 1h where (a | f) and b", "x = count() over next 1h where (a | f) and b"],
    ["x = sum(a) over 1h / (sum(b) over 1h)", "x = sum(a) over 1h / (sum(b) over 1h)"],
    ["x = 1_000+0.50 - 1e3", "x = 1_000 + 0.50 - 1e3"],
  ])("%s", (text, expected) => {
    const of = (line: string): string | undefined =>
      formatText({ path: "a.tondo", text: `vector v {\n${line}\n}` }).text?.slice(
        "vector v {\n  ".length,
        -"\n}\n".length,
      );
    expect(of(text)).toBe(expected);
    if (expected !== undefined) expect(of(expected)).toBe(expected);
  });

  it("leaves a file with an error of syntax alone", () => {
    const { text, diagnostics } = formatText({ path: "a.tondo", text: "entity a (x: int)\nentity b x: int)\n" });
    expect(text).toBeUndefined();
    expect(diagnostics.map(({ code, span }) => [code, span.line])).toEqual([["syntax", 2]]);
  });

  it("takes files without declarations, byte order marks and other line ends", () => {
    expect(formatted("")).toBe("");
    expect(formatted("\n\n// a\r\n\r\n\r\n// b  \n\n")).toBe("// a\n\n// b\n");
    expect(formatted("\ufeffentity a(x:int)\r\n")).toBe("entity a (x: int)\n");
  });
});
