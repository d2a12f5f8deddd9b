import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { patternTables, readPattern } from "../../../src/dsl/functions/pattern.ts";
import { maxTextLength } from "../../../src/dsl/functions/scalar-function.ts";
import { valueOf } from "../check-one.ts";
import { randomNumbers } from "../random-numbers.ts";

const alphabet = ["a", "b", "ab", "\u{1F600}", "é", "e\u0301", "$&", "$1", "\u{10400}"];

function of(
  text: string,
  s: string | null,
  more: Readonly<Record<string, string | number | bigint | null>> = {},
): unknown {
  const kinds = { s: "string?", a: "string?", b: "string?", i: "int?", n: "int?" } as const;
  return valueOf(text, kinds, { s, a: null, b: null, i: null, n: null, ...more });
}

function randomText(random: () => number, most: number): string {
  let text = "";
  for (let n = Math.floor(random() * (most + 1)); n > 0; n--)
    text += alphabet[Math.floor(random() * alphabet.length)] ?? "";
  return text;
}

describe("parts of texts", () => {
  it("are what slices of code points and Python's split and replace give", () => {
    const seed = Number(process.env["TONDO_SEED"] ?? 2_718);
    const random = randomNumbers(seed);
    for (let round = 0; round < 1_500; round++) {
      const s = randomText(random, 8);
      const [a, b] = [randomText(random, 2), randomText(random, 2)];
      const i = Math.floor(random() * 24) - 12;
      const n = Math.floor(random() * 14) - 2;
      const points = [...s];
      const start = i < 0 ? Math.max(0, points.length + i) : i;
      const where = `seed ${String(seed)}: ${JSON.stringify([s, a, b, i, n])}`;
      expect(of("substr(s, i)", s, { i }), where).toBe(points.slice(start).join(""));
      expect(of("substr(s, i, n)", s, { i, n }), where).toBe(n < 0 ? null : points.slice(start, start + n).join(""));
      const split = a === "" ? [] : s.split(a);
      expect(of("part(s, a, i)", s, { a, i }), where).toBe(split.at(i) ?? null);
      expect(of("replace(s, a, b)", s, { a, b }), where).toBe(a === "" ? s : s.split(a).join(b));
    }
  });

  it("take whole numbers beyond doubles for what lies outside", () => {
    expect(of("substr(s, i)", "abc", { i: 2n ** 60n })).toBe("");
    expect(of("substr(s, i)", "abc", { i: -(2n ** 60n) })).toBe("abc");
    expect(of("substr(s, 1, i)", "abc", { i: 2n ** 60n })).toBe("bc");
    expect(of("substr(s, 1, i)", "abc", { i: -(2n ** 60n) })).toBeNull();
    expect(of("part(s, a, i)", "a-b", { a: "-", i: 2n ** 60n })).toBeNull();
  });

  it("do not grow without bound", () => {
    const most = "a".repeat(maxTextLength);
    expect(of("concat(s, a)", most, { a: "" })).toBe(most);
    expect(of("concat(s, a)", most, { a: "b" })).toBeNull();
    expect(of("replace(s, a, b)", most, { a: "a", b: "b" })).toBe("b".repeat(maxTextLength));
    expect(of("replace(s, a, b)", most, { a: "a", b: "bb" })).toBeNull();
    expect(of("replace(s, a, b)", "a".repeat(1_000_000), { a: "a", b: "b".repeat(1_000_000) })).toBeNull();
    expect(of("replace(s, a, b)", `${most}a`, { a: "", b: "" })).toBeNull();
    expect(of("cross(s, a)", most.slice(1), { a: "" })).toBe(`${most.slice(1)}|`);
    expect(of("cross(s, a)", most, { a: "" })).toBeNull();
    expect(of("cross(a, s)", "|".repeat(maxTextLength / 2), { a: "" })).toBeNull();
    expect(of("cross(s, a) is missing", most, { a: "" })).toBe(true);
  });

  it("never reach the longest string of the engine, which would throw", () => {
    const long = "ab|".repeat(2 ** 27);
    for (const text of ["concat(s, s, s)", "cross(s, s)", "cross(a, s)"]) expect(of(text, long, { a: "" })).toBeNull();
    let nested = "s";
    for (let i = 0; i < 30; i++) nested = `cross(${nested}, "|")`;
    expect(of(nested, "|", {})).toBeNull();
    let constant = '"|"';
    for (let i = 0; i < 30; i++) constant = `cross(${constant}, "|")`;
    expect(of(`concat(s, ${constant})`, "", {})).toBeNull();
  });
});

describe("patterns", () => {
  it("run in the release that fingerprints name", () => {
    const { version } = JSON.parse(readFileSync("node_modules/re2js/package.json", "utf8")) as { version: string };
    expect(patternTables).toBe(`re2js ${version}`);
  });

  it.each([
    ["^.$", "\u{1F600}", true],
    ["^.$", "ab", false],
    ["b", "abc", true],
    ["^b", "abc", false],
    ["(?i)STRASSE", "strasse", true],
    ["\\p{Greek}", "σ", true],
    ["a|", "", true],
    ["(?i)k", "\u212a", true],
  ])("%s in %j is %s", (pattern, text, found) => {
    expect(of(`matches(s, ${JSON.stringify(pattern)})`, text)).toBe(found);
  });

  it("search in time linear in the text", () => {
    for (const [pattern, text] of [
      ["(a+)+$", `${"a".repeat(300_000)}b`],
      ["(a|aa)+$", `${"a".repeat(300_000)}b`],
      ["(a?){100}a{100}b", "a".repeat(300_000)],
    ] as const) {
      const read = readPattern(pattern);
      if ("wrong" in read) throw new Error(read.wrong);
      const started = performance.now();
      expect(read(text)).toBe(false);
      expect(performance.now() - started, pattern).toBeLessThan(3_000);
    }
  });

  it("are bounded", () => {
    for (const pattern of [
      "a".repeat(1_001),
      "(a{1000}){1000}",
      "(a{40}){40}",
      `${"(".repeat(499)}${")".repeat(499)}`,
      "\\1",
      "(?<=a)b",
      "[z-a]",
    ])
      expect(readPattern(pattern), pattern).toHaveProperty("wrong");
    for (const pattern of ["", "a{100}", "a".repeat(900)]) expect(readPattern(pattern), pattern).toBeTypeOf("function");
  });
});
