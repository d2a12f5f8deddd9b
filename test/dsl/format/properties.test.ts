import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatText } from "../../../src/dsl/index.ts";
import { defaultParseLimits } from "../../../src/dsl/syntax/index.ts";
import { rightTexts, wrongTexts } from "./corpus.ts";
import { expressionText, gap, respaced, wordsOf } from "./random-texts.ts";
import { formatted } from "./same-meaning.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 2_718);
const runs = Number(process.env["TONDO_RUNS"] ?? 200);
const limitMs = 20_000;

const texts = [...rightTexts, ...wrongTexts].filter((text) => text.length < 5_000);
const corpus = texts.map(wordsOf);
const gaps = fc.array(gap, { minLength: 40, maxLength: 200 });

describe("formatText", () => {
  it("finds back from any white space, and loses no comment", () => {
    let read = 0;
    fc.assert(
      fc.property(fc.constantFrom(...corpus), gaps, (words, between) => {
        if (formatted(respaced(words, between)) !== undefined) read++;
      }),
      { seed, numRuns: runs / 2 },
    );
    expect(read / runs).toBeGreaterThan(0.25);
  });

  it("keeps what random expressions mean, whatever the brackets and comments", () => {
    let read = 0;
    fc.assert(
      fc.property(expressionText, expressionText, gaps, (a, b, between) => {
        const text = `group g:h from s by (${b}) as k { x = ${a} y = ${b} c, d }\nvector v { key e let x = ${a} label l: bool known ${b} z = (${a}) }`;
        if (formatted(text, false) !== undefined) read++;
        formatted(respaced(wordsOf(text), between), false);
      }),
      { seed, numRuns: runs },
    );
    expect(read / runs).toBeGreaterThan(0.3);
  });

  it("formats or reports whatever it is given", () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      length: fc.constantFrom(0, 0, 1, 1, 2, 5, 20, 100),
      by: fc.oneof(
        fc.constantFrom(
          "",
          "",
          "{",
          "}",
          "(",
          ")",
          "[",
          "]",
          '"',
          "=",
          ",",
          "\n",
          "@",
          ":",
          "-",
          "0",
          "//",
          "///",
          "`",
        ),
        fc.string({ unit: "binary", maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
        let mutated = text;
        for (const { at, length, by } of edits) {
          const start = Math.floor(at * mutated.length);
          mutated = mutated.slice(0, start) + by + mutated.slice(start + length);
        }
        formatted(mutated);
      }),
      { seed, numRuns: runs },
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        formatted(text);
      }),
      { seed, numRuns: runs },
    );
  });

  it.each([
    ["brackets", (n: number) => `${"(".repeat(n)}x${")".repeat(n)}`],
    ["lists", (n: number) => `${"[".repeat(n)}${"]".repeat(n)}`],
    ["calls", (n: number) => `${"f(a, ".repeat(n)}x${")".repeat(n)}`],
    ["sums in brackets", (n: number) => `${"(1 + ".repeat(n)}x${")".repeat(n)}`],
    ["powers", (n: number) => `${"x ^ ".repeat(n)}x`],
    ["signs", (n: number) => `${"- ".repeat(n)}x`],
    ["negations", (n: number) => `${"not ".repeat(n)}x`],
    ["sums", (n: number) => `${"x + ".repeat(n)}x`],
    ["pipes", (n: number) => `x${" | f(1)".repeat(n)}`],
    ["arguments", (n: number) => `f(${"x, ".repeat(n)}x)`],
    ["comments", (n: number) => `f(${"// c\n".repeat(n)}x)`],
    ["comments in a sum", (n: number) => `x${" + // c\n x".repeat(n)}`],
    ["windows", (n: number) => `${"count() over 1h where ".repeat(n)}x`],
  ])("takes ten thousand %s, and as many as may nest, in time", (_what, make) => {
    for (const n of [20, 58, 10_000]) {
      const started = performance.now();
      const { text } = formatText({ path: "a.tondo", text: `vector v { y = ${make(n)} }` });
      expect(performance.now() - started).toBeLessThan(limitMs);
      if (text !== undefined) expect(formatText({ path: "a.tondo", text }).text).toBe(text);
      else expect(n).toBeGreaterThan(20);
    }
  });

  it("takes a file as large as may be, and refuses a larger one", () => {
    const started = performance.now();
    const text = `vector v {\n${"  f = max(prep_minutes) | f(a: 3)  // why\n".repeat(4_000)}}\n`;
    expect(formatText({ path: "a.tondo", text }).text).toBe(text);
    expect(formatText({ path: "a.tondo", text: "/".repeat(defaultParseLimits.fileLength) }).diagnostics).not.toEqual(
      [],
    );
    expect(formatText({ path: "a.tondo", text: `//${" x".repeat(1_900_000)}` }).text?.length).toBe(3_800_003);
    expect(formatText({ path: "a.tondo", text: "//\n".repeat(300_000) }).text?.length).toBe(900_000);
    expect(formatText({ path: "a.tondo", text: " ".repeat(10_000_000) }).diagnostics.map(({ code }) => code)).toEqual([
      "file-too-large",
    ]);
    expect(performance.now() - started).toBeLessThan(4 * limitMs);
  });
});
