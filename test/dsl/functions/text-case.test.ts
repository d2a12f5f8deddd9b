import { describe, expect, it } from "vitest";
import { unicodeVersion } from "../../../src/dsl/functions/tables/case-tables.ts";
import { isWhiteSpace, lowerCase, trimmed, upperCase } from "../../../src/dsl/functions/text-case.ts";
import { randomNumbers } from "../random-numbers.ts";

const surrogates = [0xd800, 0xdfff] as const;

function same(text: string): void {
  if (lowerCase(text) !== text.toLowerCase()) throw new Error(`lower of ${JSON.stringify(text)}: ${lowerCase(text)}`);
  if (upperCase(text) !== text.toUpperCase()) throw new Error(`upper of ${JSON.stringify(text)}: ${upperCase(text)}`);
}

describe("upper and lower case", () => {
  it("are of the release that the pinned Node has", () => {
    expect(unicodeVersion).toBe(process.versions["unicode"]);
  });

  it("equal the pinned Node's for every code point, alone and around a sigma", { timeout: 60_000 }, () => {
    for (let point = 0; point <= 0x10ffff; point++) {
      if (point >= surrogates[0] && point <= surrogates[1]) continue;
      const x = String.fromCodePoint(point);
      for (const text of [x, `${x}Σ`, `aΣ${x}`, `a${x}Σ`, `aΣ${x}b`, `Σ${x}`]) same(text);
    }
  });

  it("equal the pinned Node's for random texts", () => {
    const seed = Number(process.env["TONDO_SEED"] ?? 17);
    const random = randomNumbers(seed);
    const near = Array.from("Σσςaß'.\u0301\u00ad İıǅŉﬁ\u{10400}\u{1F600}ʰͅ中");
    for (let i = 0; i < 50_000; i++) {
      let text = "";
      for (let n = Math.floor(random() * 12); n >= 0; n--) {
        const point = Math.floor(random() * (random() < 0.5 ? 0x3000 : 0x20000));
        const other = point >= surrogates[0] && point <= surrogates[1] ? "-" : String.fromCodePoint(point);
        text += random() < 0.6 ? (near[Math.floor(random() * near.length)] ?? "") : other;
      }
      same(text);
    }
  });

  it("take time linear in a text's length", () => {
    const text = `a${"Σ'".repeat(200_000)}${"'".repeat(400_000)}`;
    const started = performance.now();
    expect(lowerCase(text).length).toBe(text.length);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("white space", () => {
  it("is what ECMAScript trims", () => {
    for (let unit = 0; unit <= 0xffff; unit++)
      expect(isWhiteSpace(unit), unit.toString(16)).toBe(String.fromCharCode(unit).trim() === "");
    for (const text of ["", " ", " a b\n", "\ufeffa\u3000", "a", "\u{1F600} "]) expect(trimmed(text)).toBe(text.trim());
  });
});
