import type { Mutant } from "../scripts/mutants/mutant.ts";

const folder = "src/dsl";
const examples = ["test/dsl/functions/examples.test.ts"];
const aggregates = ["test/dsl/functions/aggregates.test.ts"];
const fitted = ["test/dsl/functions/fitted.test.ts"];
const zones = ["test/dsl/functions/time-zone.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "missing-and-false-is-missing",
    file: `${folder}/functions/scalar/logic.ts`,
    find: "`(${a} === 0 || ${b} === 0 ? 0 : ${a} * ${b})`",
    replace: "`(${a} * ${b})`",
    tests: examples,
  },
  {
    name: "infinite-floats-kept",
    file: `${folder}/functions/scalar-function.ts`,
    find: "value - value === 0 ? value + 0 : missing",
    replace: "value + 0",
    tests: examples,
  },
  {
    name: "large-ints-kept",
    file: `${folder}/javascript/emit.ts`,
    find: "x >= -maxInt && x <= maxInt ? x + 0 : missing",
    replace: "x + 0",
    tests: examples,
  },
  {
    name: "at-most-read-as-less",
    file: `${folder}/syntax/build-expression.ts`,
    find: '"<=": "le"',
    replace: '"<=": "lt"',
    tests: ["test/dsl/syntax/precedence.test.ts", ...examples],
  },
  {
    name: "sum-inexact",
    file: `${folder}/functions/aggregates/sum.ts`,
    find: "addExact(numbers, at + digits, x);",
    replace: "addExact(numbers, at + digits, Math.fround(x));",
    tests: aggregates,
  },
  {
    name: "count-forgets-what-it-merges",
    file: `${folder}/functions/aggregates/count.ts`,
    find: "into.numbers[at] = (into.numbers[at] ?? 0) + (from.numbers[fromAt] ?? 0);",
    replace: "into.numbers[at] = from.numbers[fromAt] ?? 0;",
    tests: aggregates,
  },
  {
    name: "last-takes-the-earlier",
    file: `${folder}/functions/aggregates/last.ts`,
    find: "if (t < (numbers[at] ?? -Infinity)) return;",
    replace: "if (t > (numbers[at] ?? -Infinity) && numbers[at] !== -Infinity) return;",
    tests: aggregates,
  },
  {
    name: "zscore-of-the-sample",
    file: `${folder}/functions/fitted/zscore.ts`,
    find: "Math.sqrt(total / sum.count) * unit",
    replace: "Math.sqrt(total / (sum.count - 1)) * unit",
    tests: fitted,
  },
  {
    name: "zone-of-the-hour-before",
    file: `${folder}/functions/time-zone.ts`,
    find: "const index = Math.floor(moment / hour);",
    replace: "const index = Math.floor(moment / hour) - 1;",
    tests: zones,
  },
  {
    name: "fingerprint-blind-to-known",
    file: `${folder}/plan/fingerprint.ts`,
    find: "known: [...known].sort() }",
    replace: "known: known.size }",
    tests: ["test/dsl/plan/fingerprint.test.ts"],
  },
  {
    name: "missing-texts-not-tested",
    file: `${folder}/javascript/emit.ts`,
    find: "maybe: expression.value === null",
    replace: "maybe: false",
    tests: ["test/dsl/javascript/total.test.ts", "test/dsl/relational/exact-subset.test.ts"],
  },
];

export default mutants;
