import type { Mutant } from "../scripts/mutants/mutant.ts";

const library = "src/dsl/functions";
/** No example, no case by hand: random expressions against the naive evaluator must notice by themselves. */
const tests = ["test/dsl/conformance/first-half.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "or-missing-beside-true",
    file: `${library}/scalar/logic.ts`,
    find: "(${a} === 1 || ${b} === 1 ? 1 : ${a} + ${b})",
    replace: "(${a} === 1 ? 1 : ${a} + ${b} > 0 ? 1 : ${a} + ${b})",
    tests,
  },
  {
    name: "constants-folded-in-reverse",
    file: "src/dsl/javascript/steps.ts",
    find: "values.push(constant);",
    replace: "values.unshift(constant);",
    tests,
  },
  {
    name: "halves-rounded-up",
    file: `${library}/scalar/math.ts`,
    find: "return below % 2 === 0 ? below : below + 1;",
    replace: "return below + 1;",
    tests,
  },
  {
    name: "remainder-of-the-sign-of-the-first",
    file: `${library}/scalar/arithmetic.ts`,
    find: "return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;",
    replace: "return rest;",
    tests,
  },
  {
    name: "substr-by-units",
    file: `${library}/scalar/text-parts.ts`,
    find: "at += isPair(text, at) ? 2 : 1;",
    replace: "at += 1;",
    tests,
  },
  {
    name: "texts-ordered-by-units",
    file: "src/core/value.ts",
    find: "if (x >= 0xd800 && y >= 0xd800) {",
    replace: "if (x > 0xffff && y >= 0xd800) {",
    tests,
  },
  {
    name: "latitude-before-longitude",
    file: `${library}/geohash.ts`,
    find: "let isLongitude = true;",
    replace: "let isLongitude = false;",
    tests,
  },
  {
    name: "week-by-its-wednesday",
    file: `${library}/calendar.ts`,
    find: "const thursday = days - weekdayOf(days) + 4;",
    replace: "const thursday = days - weekdayOf(days) + 3;",
    tests,
  },
  {
    name: "time-left-out-read-by-the-clock-behind",
    file: `${library}/time-zone.ts`,
    find: "shown - (offsets[i - 1] ?? missing)",
    replace: "shown - offset",
    tests,
  },
  {
    name: "hour-shown-twice-truncated-to-the-later",
    file: `${library}/time-zone.ts`,
    find: "if (shown >= (starts[i + 1] ?? Infinity) + offset) continue;",
    replace: "if (shown >= (starts[i + 1] ?? Infinity) + (offsets[i + 1] ?? offset)) continue;",
    tests,
  },
  {
    name: "bearing-below-north",
    file: `${library}/scalar/geo.ts`,
    find: "degrees < 0 ? degrees + 360 : degrees",
    replace: "degrees",
    tests,
  },
  {
    name: "hash-turned-by-another-bit",
    file: `${library}/murmur3.ts`,
    find: "Math.imul(rotated(hash ^ own, 13), 5)",
    replace: "Math.imul(rotated(hash ^ own, 12), 5)",
    tests,
  },
  {
    name: "power-takes-one-exponent",
    file: "src/dsl/syntax/expression-grammar.ts",
    find: "this.CONSUME(t.Caret);\n      this.SUBRULE(this.unary);",
    replace: "this.CONSUME(t.Caret);\n      this.SUBRULE2(this.primary);",
    tests: ["test/dsl/syntax/precedence.test.ts"],
  },
  {
    name: "engine-drops-the-first-mark-of-a-text",
    file: "src/featurestore/duckdb/vector-access.ts",
    find: "(first & 0xffffff) === byteOrderMark",
    replace: "first === byteOrderMark",
    tests: ["test/featurestore/duckdb/engine.test.ts"],
  },
  {
    name: "fingerprint-blind-to-deletions",
    file: "src/dsl/plan/fingerprint.ts",
    find: "columns: _columns, pii: _pii, ...source }",
    replace: "columns: _columns, pii: _pii, deleted: _deleted, ...source }",
    tests: ["test/dsl/plan/every-member.test.ts"],
  },
];

export default mutants;
