import { describe, expect, it } from "vitest";
import { toMicros, type Value } from "../../../src/core/index.ts";
import { scalarFunctions } from "../../../src/dsl/index.ts";
import { missingFunctions, naiveFunctions } from "../../oracle/functions/index.ts";
import { exampleNow, planOf } from "../check-one.ts";
import { depthOf } from "./depth-of.ts";
import { naiveValue } from "../../oracle/naive-expression.ts";
import { callsByWay } from "../random-expressions.ts";
import * as fc from "fast-check";
import { sameValue } from "../same-value.ts";

const entries = [...scalarFunctions.values()];
const examples = entries.flatMap((entry) =>
  entry.expands === undefined ? entry.examples.map((example) => ({ name: entry.name, ...example })) : [],
);

describe("the naive evaluator", () => {
  it("has the same tables as the library: those of this Node are of these releases", () => {
    expect(process.versions["tz"]).toBe("2026c");
    expect(process.versions["unicode"]).toBe("17.0");
  });

  it("knows every function that a plan may name", () => {
    const named = entries.filter(({ expands, chain }) => expands === undefined && chain === undefined);
    const unknown = named.filter(({ name }) => !naiveFunctions.has(name) && missingFunctions[name] === undefined);
    expect(unknown.map(({ name }) => name)).toEqual([]);
  });

  it.each(examples)("$name: $text is $result", ({ text, result, given = {} }) => {
    const types = Object.fromEntries(Object.entries(given).map(([name, { type }]) => [name, type]));
    const row = Object.fromEntries(Object.entries(given).map(([name, { value }]) => [name, value]));
    const value = naiveValue(planOf(text, types), { ...row, now: exampleNow });
    expect(sameValue(value, result), `${String(value)} is not ${String(result)}`).toBe(true);
  });

  // By hand, from the manual.
  const cases: readonly (readonly [text: string, value: Value])[] = [
    ['hour(add(t, 1, "day", tz: "Europe/Berlin"), tz: "Europe/Berlin")', 3],
    ['diff(add(t, 1, "day", tz: "Europe/Berlin"), t, "hours")', 24],
    ['diff(add(t, 1, "days"), t, "hours")', 24],
    ["9007199254740991 - 1 + 2", null],
    ["-7 | mod(3)", 2],
    ["round(0.5) + round(1.5) + round(2.5)", 4],
    ['substr("a\u{1F600}b", 1, 1)', "\u{1F600}"],
    ['substr("ab", -9, 1)', "a"],
    ["geohash(90, 180, 12)", "zzzzzzzzzzzz"],
    ["geohash(-90, -180, 3)", "000"],
    ['hash("", 4294967296)', 0],
    ['hash("", 4294967296, seed: 1)', 0x514e28b7],
  ];
  it.each(cases)("%s is %s", (text, value) => {
    // In Berlin 02:30, a day before no clock shows that.
    const t = toMicros("2024-03-30T01:30:00Z");
    expect(naiveValue(planOf(text, { t: "timestamp" }), { t })).toBe(value);
  });

  it("is asked for expressions of up to eight calls within calls", () => {
    const depths = fc.sample(fc.oneof(...callsByWay), { seed: 1, numRuns: 1_000 }).map(depthOf);
    expect([Math.min(...depths), Math.max(...depths)]).toEqual([1, 8]);
  });
});
