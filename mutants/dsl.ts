import type { Mutant } from "../scripts/mutants/mutant.ts";

const folder = "src/dsl";
const examples = ["test/dsl/functions/examples.test.ts"];
const aggregates = ["test/dsl/functions/aggregates.test.ts"];
const fitted = ["test/dsl/functions/fitted.test.ts"];
const programs = ["test/dsl/javascript"];
const zones = ["test/dsl/functions/time-zone.test.ts", "test/dsl/functions/zone-table.test.ts"];
const calendar = ["test/dsl/functions/calendar.test.ts"];

const fingerprints = ["test/dsl/plan/fingerprint.test.ts"];
/** Bugs of the formatter. */
const format = ["test/dsl/format/format-text.test.ts"];
const formatting: readonly Mutant[] = [
  {
    name: "comment-at-the-end-of-a-block-dropped",
    file: `${folder}/format/layout.ts`,
    find: "indent(body, comments(close.before, last))",
    replace: "indent(body)",
    tests: format,
  },
  {
    name: "needed-brackets-removed",
    file: `${folder}/format/expression-layouts.ts`,
    find: 'if (part.rule === "call") return !part.children.some((child) => isToken(child, "Over"));',
    replace: 'if (part.rule === "call") return true;',
    tests: format,
  },
  {
    name: "brackets-of-a-condition-removed",
    file: `${folder}/format/expression-layouts.ts`,
    find: "return farther ? print(part) : value(part, print);",
    replace: "return value(part, print);",
    tests: format,
  },
  {
    name: "doc-comment-moved-behind-its-line",
    file: `${folder}/format/print-document.ts`,
    find: "if (started && current.doc) return false;",
    replace: "",
    tests: format,
  },
];

const mutants: readonly Mutant[] = [
  ...formatting,
  {
    name: "label-known-without-lag",
    file: `${folder}/semantic/check-label.ts`,
    find: "(source === undefined ? 0 : lagOf(source))",
    replace: "0",
    tests: ["test/featurestore/offline/sources.test.ts"],
    testName: "forward labels",
  },
  {
    name: "lag-not-in-the-fingerprint",
    file: `${folder}/plan/fingerprint.ts`,
    find: "known: transport.known, lag: transport.lag",
    replace: "known: transport.known",
    tests: fingerprints,
  },
  {
    name: "version-names-what-others-store",
    file: `${folder}/semantic/group-features.ts`,
    find: "version(a) - version(b) ||",
    replace: "0 ||",
    tests: fingerprints,
  },
  {
    name: "three-hops-let-through",
    file: `${folder}/semantic/check-key.ts`,
    find: "storedNames(...read.key).length > 0",
    replace: "storedNames(...read.key).length > 99",
    tests: ["test/dsl/golden-errors.test.ts"],
  },
  {
    name: "reads-of-keys-left-out",
    file: `${folder}/semantic/check-vector.ts`,
    find: "left.push(...(reads.get(node.name.toLowerCase())?.key ?? []));",
    replace: "left.push(...(reads.get(node.name.toLowerCase())?.key ?? []).slice(99));",
    tests: ["test/featurestore/computed-keys.test.ts"],
  },
  {
    name: "hash-of-code-units",
    file: `${folder}/functions/murmur3.ts`,
    find: "(code & 0xfc00) !== 0xd800",
    replace: "code <= 0xffff",
    tests: ["test/dsl/functions/murmur3.test.ts"],
  },
  {
    name: "place-on-a-border-goes-south",
    file: `${folder}/functions/geohash.ts`,
    find: "if (lat >= middle) {",
    replace: "if (lat > middle) {",
    tests: ["test/dsl/functions/geo.test.ts"],
  },
  {
    name: "cross-not-escaped",
    file: `${folder}/functions/scalar/hashing.ts`,
    find: "escaped(String(text))",
    replace: "String(text)",
    tests: ["test/dsl/functions/cross-and-case.test.ts"],
  },
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
    find: "`t${name} >= -${String(maxInt)} && t${name} <= ${String(maxInt)} ? t${name} + 0 : NaN`",
    replace: "`t${name} + 0`",
    tests: programs,
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
    name: "clock-changed-a-microsecond-late",
    file: `${folder}/functions/time-zone.ts`,
    find: "if ((starts[middle] ?? Infinity) <= moment) low = middle;",
    replace: "if ((starts[middle] ?? Infinity) < moment) low = middle;",
    tests: zones,
  },
  {
    name: "clock-of-the-stretch-before",
    file: `${folder}/functions/time-zone.ts`,
    find: "moment >= zone.from && moment < zone.until",
    replace: "moment >= zone.from && moment <= zone.until",
    tests: zones,
  },
  {
    name: "time-shown-twice-read-as-the-later",
    file: `${folder}/functions/time-zone.ts`,
    find: "if (shown >= (starts[i + 1] ?? Infinity) + offset) continue;",
    replace: "if (shown >= (starts[i + 1] ?? Infinity) + (offsets[i + 1] ?? offset)) continue;",
    tests: zones,
  },
  {
    name: "summer-time-ends-by-standard-time",
    file: `${folder}/functions/zone-table.ts`,
    find: "secondOf(year, rule.slice(6, 10)) - summer",
    replace: "secondOf(year, rule.slice(6, 10)) - standard",
    tests: zones,
  },
  {
    name: "final-sigma-forgotten",
    file: `${folder}/functions/text-case.ts`,
    find: "return casedBefore(text, at) && !casedBehind(text, at + 1);",
    replace: "return casedBefore(text, at) && at + 1 === text.length;",
    tests: ["test/dsl/functions/text-case.test.ts"],
  },
  {
    name: "week-of-the-days-own-year",
    file: `${folder}/functions/calendar.ts`,
    find: "daysOf(yearOf(thursday), 1, 1)",
    replace: "daysOf(yearOf(days), 1, 1)",
    tests: calendar,
  },
  {
    name: "month-runs-over",
    file: `${folder}/functions/calendar.ts`,
    find: "first + Math.min(dayOf(days), length) - 1",
    replace: "first + dayOf(days) - 1",
    tests: calendar,
  },
  {
    name: "truncated-on-the-clock-of-utc",
    file: `${folder}/functions/scalar/calendar.ts`,
    find: 'utc(zone, shown(local(zone, moment)), "jump")',
    replace: "shown(moment)",
    tests: calendar,
  },
  {
    name: "truncated-behind-itself",
    file: `${folder}/functions/scalar/calendar.ts`,
    find: 'utc(zone, shown(local(zone, moment)), "jump")',
    replace: 'utc(zone, shown(local(zone, moment)), "shift")',
    tests: calendar,
  },
  {
    name: "other-tables-accepted",
    file: `${folder}/functions/overload-of.ts`,
    find: ": call.tables !== needed) {",
    replace: ": false) {",
    tests: calendar,
  },
  {
    name: "replacement-read-as-a-pattern",
    file: `${folder}/functions/scalar/text-parts.ts`,
    find: "text.replaceAll(from, () => to)",
    replace: "text.replaceAll(from, to)",
    tests: ["test/dsl/functions/text-parts.test.ts"],
  },
  {
    name: "fingerprint-blind-to-known",
    file: `${folder}/plan/fingerprint.ts`,
    find: "known: [...known].sort() }",
    replace: "known: known.size }",
    tests: ["test/dsl/plan/fingerprint.test.ts"],
  },
  {
    name: "missing-constants-not-tested",
    file: `${folder}/javascript/steps.ts`,
    find: "maybe: value === null",
    replace: "maybe: false",
    tests: programs,
  },
  {
    name: "same-function-with-other-options-taken-for-the-same",
    file: `${folder}/javascript/steps.ts`,
    find: "`${name} ${String(version)} ${kind} ${constants}(${names})`",
    replace: "`${name} ${String(version)} ${kind} (${names})`",
    tests: programs,
  },
  {
    name: "what-may-be-missing-not-tested",
    file: `${folder}/javascript/steps.ts`,
    find: "overload.partial === true || maybe",
    replace: "overload.partial === true && maybe",
    tests: programs,
  },
  {
    name: "functions-folded-over-missing-constants",
    file: `${folder}/javascript/steps.ts`,
    find: "if (tested.length > 0) return none;",
    replace: "",
    tests: programs,
  },
  {
    name: "closures-call-with-a-missing-second-argument",
    file: `${folder}/javascript/kernel.ts`,
    find: "(a && isMissing(x)) || (b && isMissing(y)) ? none : call(x, y)",
    replace: "a && isMissing(x) ? none : call(x, y)",
    tests: programs,
  },
  {
    name: "one-row-blind-to-ints-beyond-doubles",
    file: `${folder}/javascript/generate.ts`,
    find: 'kind === "int" ? [`(n${at}',
    replace: 'kind === "duration" ? [`(n${at}',
    tests: programs,
  },
  {
    name: "one-row-keeps-the-large-int-of-the-row-before",
    file: `${folder}/javascript/generate.ts`,
    find: "loop.exact[i] === true ?",
    replace: "exact[i] ?",
    tests: programs,
  },
  {
    name: "closures-forget-rows-beyond-a-part",
    file: `${folder}/javascript/closures.ts`,
    find: "part(column, base, base + count)",
    replace: "column",
    tests: ["test/dsl/javascript/closures.test.ts"],
  },
];

export default mutants;
