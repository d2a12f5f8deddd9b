import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderDiagnostic } from "../../../src/core/index.ts";
import type { Compilation } from "../../../src/dsl/index.ts";
import { defaultParseLimits, parse } from "../../../src/dsl/syntax/index.ts";
import { compileText } from "../check-one.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 2_718);
const runs = Number(process.env["TONDO_RUNS"] ?? 400);
const golden = join(import.meta.dirname, "../../golden/errors");
const world = readFileSync(join(golden, "world.txt"), "utf8");
const tests = `test "an order counts" {
  given orders by parquet { restaurant_id: "r1", ordered_at: "12:00", items: -1, paid: true, day: "2024-02-29" }
  expect @restaurant:kitchen:orders_1h["r1"] at "2024-01-01 12:05" == 0
  expect @restaurant:kitchen:prep_7d["r1"] | fill(0) at "12:05:30.5" is not missing
  expect @restaurant:profile:cuisine["r1"] at "12:05" not in ["thai", "pizza"]
}
`;
const corpus = [
  world,
  tests,
  ...readdirSync(golden)
    .filter((name) => name.endsWith(".tondo"))
    .map((name) => readFileSync(join(golden, name), "utf8"))
    .filter((text) => text.length < 2_000),
];
const limit = 20_000;

/** Compiles whatever it is given: diagnostics that can be shown, within the time, and nothing else. */
function survives(text: string): Compilation {
  const started = performance.now();
  const compilation = compileText(text);
  const took = performance.now() - started;
  expect(took).toBeLessThan(limit);
  expect(compilation.diagnostics.length).toBeLessThanOrEqual(200);
  for (const diagnostic of compilation.diagnostics) {
    const { code, span } = diagnostic;
    expect(code).toMatch(/^[a-z][a-z0-9-]+$/);
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    const rendered = renderDiagnostic(diagnostic, text);
    expect(rendered.length).toBeLessThan(4_000);
    expect(rendered.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
  }
  expect(compilation.plan === undefined).toBe(compilation.diagnostics.length > 0);
  return compilation;
}

function vector(expression: string): string {
  return `entity e (id: string)\nvector v {\n  key e\n  input x: float\n  y = ${expression}\n}\n`;
}

describe("fuzz", () => {
  it("takes random characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        survives(text);
      }),
      { seed, numRuns: runs },
    );
  });

  it("takes random words of the language", () => {
    const words = fc.constantFrom(
      ...world.split(/(\s+|[^\w\s]|\w+)/).filter((word) => word !== ""),
      ...[
        "and",
        "or",
        "not",
        "??",
        "|",
        "^",
        "is",
        "missing",
        "test",
        "given",
        "expect",
        "at",
        '"12:00"',
        "in",
        "let",
        "label",
        "known",
        "now",
        "next",
        "///",
        "`",
        "\\",
      ],
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 120 }), (parts) => {
        survives(parts.join(" "));
      }),
      { seed, numRuns: runs },
    );
  });

  it("takes a mutated corpus", () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      length: fc.constantFrom(0, 1, 1, 2, 5, 20, 100),
      by: fc.oneof(
        fc.constantFrom("", "", "{", "}", "(", ")", "[", "]", '"', "=", ",", "\n", "@", ":", "-", "0"),
        fc.string({ unit: "binary", maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(fc.constantFrom(...corpus), fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
        let mutated = `${text}${world}`;
        for (const { at, length, by } of edits) {
          const start = Math.floor(at * mutated.length);
          mutated = mutated.slice(0, start) + by + mutated.slice(start + length);
        }
        survives(mutated);
      }),
      { seed, numRuns: runs },
    );
  });

  it.each([
    "(",
    "[",
    "{",
    "f(",
    "if(",
    "x in [",
    "not ",
    "-",
    "x ^ ",
    "x ?? ",
    "@a:b:c[",
    "- -",
    "x | f(",
    '"',
    "`",
    "'",
    '\\"',
    '"\\',
    "/// a\n",
    "1",
    "1_",
    "1.",
    "..",
    "&&",
    "!",
    "$",
    "\u{1F600}",
    "\0",
    "entity ",
    "entity e (id: int)\n",
    "group g:h from s by x {\n",
    'test "t" {\n',
    "given s { ",
    "given s { a: [",
    "expect @a:b:c[",
    'at "12:00" ',
    "count() over 1h where ",
  ])("takes ten thousand times %j", (piece) => {
    survives(piece.repeat(10_000));
    survives(vector(piece.repeat(10_000)));
    survives(vector(`${piece.repeat(10_000)}x`));
    survives(`${world}group restaurant:mine from orders by restaurant_id {\n  n = ${piece.repeat(10_000)}\n}`);
  });

  it.each([" + ", " - ", " * ", " and ", " or ", " ?? ", " == ", " ^ ", " | log1p | ", ", "])(
    "takes ten thousand terms joined by %j",
    (operator) => {
      survives(vector(new Array(10_000).fill("x").join(operator)));
      survives(vector(`max(${new Array(10_000).fill("x").join(operator)})`));
    },
  );

  it("takes texts, names, numbers and comments of a megabyte", () => {
    const long = "a".repeat(1_000_000);
    for (const text of [
      vector(`if("${long}" == "b", 1, 2)`),
      vector(`if("${"\\".repeat(1_000_000)}" == "b", 1, 2)`),
      vector(`hour(now, tz: "${long}")`),
      vector(long),
      vector(`\`${long}\``),
      vector(`${long}(x)`),
      vector("1".repeat(1_000_000)),
      vector(`${"1".repeat(1_000_000)}x`),
      vector(`1${"_1".repeat(500_000)}`),
      vector(`0.${"1".repeat(1_000_000)}`),
      `// ${long}\n${world}`,
      `/// ${long}\n${world}`,
      `entity ${long} (id: string)`,
      `entity e (${long}: string)`,
      `entity e (id: ${long})`,
      `vector ${long} {\n key ${long}\n ${long} = ${long}\n}`,
    ]) {
      survives(text);
    }
  });

  it("takes a file as large as may be, and refuses a larger one", () => {
    const line = '  f = max(prep_minutes) over 7d where items > 3 and status == "done"  // why\n';
    const group = `group restaurant:mine from orders by restaurant_id {\n${line.repeat(7_000)}}\n`;
    survives(`${world}${group}`);
    survives("x ".repeat(1_999_999));
    survives("\u{1F600}".repeat(1_999_999));
    survives('"'.repeat(3_999_999));
    survives('\\"'.repeat(1_999_999));
    survives("1a".repeat(1_999_999));
    const { diagnostics } = parse({ path: "a", text: " ".repeat(defaultParseLimits.fileLength + 1) });
    expect(diagnostics.map(({ code }) => code)).toEqual(["file-too-large"]);
  });

  it("is not drowned by ten thousand mistakes", () => {
    const columns = Array.from({ length: 5_000 }, (_, i) => `column_${String(i)}: float`).join(", ");
    const features = Array.from({ length: 5_000 }, (_, i) => `  f${String(i)} = max(colunm_${String(i)}) over 1d`).join(
      "\n",
    );
    const { diagnostics } = survives(
      `entity e (id: string)\nevents s {\n parquet "a"\n columns (id: string, t: timestamp, ${columns})\n at t\n}\ngroup e:g from s by id {\n${features}\n}`,
    );
    expect(diagnostics).toHaveLength(100);
  });

  it("does not grow with what shared steps would come to", () => {
    const doubled = Array.from(
      { length: 60 },
      (_, i) => `  let a${String(i + 1)} = a${String(i)} + a${String(i)}`,
    ).join("\n");
    const { diagnostics } = survives(
      `entity e (id: string)\nvector v {\n key e\n input a0: float\n${doubled}\n y = a60\n}`,
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["too-large"]);
    const chained = Array.from({ length: 3_000 }, (_, i) => `  a${String(i + 1)} = a${String(i)} + 1`).join("\n");
    expect(
      survives(`entity e (id: string)\nvector v {\n key e\n input a0: float\n${chained}\n}`).diagnostics,
    ).toHaveLength(1);
    // Checked from its end, it is as deep for the checker: each stretch that is too deep is said once.
    const backwards = chained.split("\n").reverse().join("\n");
    const found = survives(`entity e (id: string)\nvector v {\n key e\n input a0: float\n${backwards}\n}`).diagnostics;
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(20);
  });
});
