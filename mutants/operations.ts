import type { Mutant } from "../scripts/mutants/mutant.ts";

const rollback = ["test/featurestore/generations/rollback.test.ts"];
const freshness = ["test/featurestore/freshness/freshness.test.ts"];
const store = ["test/featurestore/online/lmdb/lmdb-store.test.ts"];
const cadence = ["test/featurestore/schedule/cadence.test.ts"];
const schedule = ["test/featurestore/schedule/schedule.test.ts"];
const crontab = ["test/featurestore/schedule/crontab-text.test.ts"];
const kubernetes = ["test/featurestore/schedule/cron-jobs.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "number-of-what-was-rolled-back-given-again",
    file: "src/featurestore/online/group-pointer.ts",
    find: "Math.max(current?.generation ?? 0, current?.rolledBack?.from ?? 0) + 1",
    replace: "(current?.generation ?? 0) + 1",
    tests: store,
  },
  {
    name: "earlier-pointer-with-its-own-past",
    file: "src/featurestore/online/group-pointer.ts",
    find: "  return rest;",
    replace: "  return { ...rest, ...(_previous === undefined ? {} : { previous: _previous }) };",
    tests: rollback,
  },
  {
    name: "rolled-back-one-by-one",
    file: "src/featurestore/generations/rollback.ts",
    find: "!(await store.switchPointers(switches))",
    replace: "!(await Promise.all(switches.map((one) => store.switchPointers([one])))).every(Boolean)",
    tests: rollback,
  },
  {
    name: "rollback-over-another-load",
    file: "src/featurestore/generations/rollback.ts",
    find: "if (!dryRun && !(await store.switchPointers(switches))) {",
    replace: "if (!dryRun && (await store.switchPointers(switches)) === undefined) {",
    tests: rollback,
  },
  {
    name: "rollback-beside-a-load",
    file: "src/featurestore/generations/rollback.ts",
    find: 'dryRun ? undefined : lockHome(home, "roll back")',
    replace: "undefined",
    tests: rollback,
  },
  {
    name: "rolled-back-to-what-cannot-be-read",
    file: "src/featurestore/generations/generations.ts",
    find: "  return readRefusals(group, sourceOf(project, group), before, pointer);",
    replace: "  return readRefusals(group, sourceOf(project, group), pointer);",
    tests: rollback,
  },
  {
    name: "rolled-back-to-nothing",
    file: "src/featurestore/generations/generations.ts",
    find: "before.counts.keys > 0 && !held.includes(previous)",
    replace: "before.counts.keys < 0",
    tests: rollback,
  },
  {
    name: "refused-groups-left-behind",
    file: "src/featurestore/generations/rollback.ts",
    find: "  refuse(project, found);",
    replace: "  refuse(project, found.slice(0, 1));",
    tests: rollback,
  },
  {
    name: "late-at-its-sla",
    file: "src/featurestore/freshness/freshness.ts",
    find: "ageMicros <= slaMicros",
    replace: "ageMicros < slaMicros",
    tests: freshness,
  },
  {
    name: "age-since-it-was-loaded",
    file: "src/featurestore/freshness/freshness.ts",
    find: "const ageMicros = at - asOf;",
    replace: "const ageMicros = at - loadedAt;",
    tests: freshness,
  },
  {
    name: "outdated-called-fresh",
    file: "src/featurestore/freshness/freshness.ts",
    find: 'refusals.length > 0 ? "outdated"',
    replace: 'refusals.length > 9 ? "outdated"',
    tests: freshness,
  },
  {
    name: "never-loaded-keeps-its-sla",
    file: "src/featurestore/freshness/freshness.ts",
    find: "kept: slaMicros === null ? null : false }",
    replace: "kept: null }",
    tests: freshness,
  },
  {
    name: "table-late-though-its-files-are-the-same",
    file: "src/featurestore/materialize/materialize.ts",
    find: "if (asOf > (current.confirmed ?? current.asOf))",
    replace: "if (asOf < (current.confirmed ?? current.asOf))",
    tests: freshness,
  },
  {
    name: "minutes-that-do-not-divide-an-hour",
    file: "src/featurestore/schedule/cadence.ts",
    find: "const times = Math.ceil(units / most);",
    replace: "const times = Math.floor(units / most);",
    tests: cadence,
  },
  {
    name: "uneven-starts",
    file: "src/featurestore/schedule/cadence.ts",
    find: "Math.floor((i * of) / times)",
    replace: "i * Math.floor(of / times)",
    tests: cadence,
  },
  {
    name: "step-from-the-wrong-minute",
    file: "src/featurestore/schedule/cadence.ts",
    find: "return first === 0 ? ",
    replace: "return first >= 0 ? ",
    tests: cadence,
  },
  {
    name: "margin-left-out",
    file: "src/featurestore/schedule/schedule.ts",
    find: "(sla - Math.round(sla * margin)) / durationUnits.min",
    replace: "sla / durationUnits.min",
    tests: schedule,
  },
  {
    name: "sla-of-the-laxest",
    file: "src/featurestore/schedule/schedule.ts",
    find: "known.sla = Math.min(known.sla, sla);",
    replace: "known.sla = Math.max(known.sla, sla);",
    tests: schedule,
  },
  {
    name: "short-sla-scheduled-anyway",
    file: "src/featurestore/schedule/schedule.ts",
    find: "within(sla) < 1",
    replace: "within(sla) < 0",
    tests: schedule,
  },
  {
    name: "percent-ends-cron-command",
    file: "src/featurestore/schedule/shell-text.ts",
    find: 'command.replaceAll("%", "\\\\%")',
    replace: "command",
    tests: crontab,
  },
  {
    name: "quote-ends-the-path",
    file: "src/featurestore/schedule/shell-text.ts",
    find: "argument.replaceAll(\"'\", `'\"'\"'`)",
    replace: "argument",
    tests: crontab,
  },
  {
    name: "cron-lines-do-not-wait",
    file: "src/featurestore/schedule/crontab-text.ts",
    find: 'const wait = ["flock", "-w", String(job.everyMinutes * 60), folder];',
    replace: 'const wait = ["env"];',
    tests: crontab,
  },
  {
    name: "cron-jobs-overlap",
    file: "src/featurestore/schedule/cron-jobs.ts",
    find: 'concurrencyPolicy: "Forbid"',
    replace: 'concurrencyPolicy: "Allow"',
    tests: kubernetes,
  },
  {
    name: "dollar-taken-for-a-variable",
    file: "src/featurestore/schedule/cron-jobs.ts",
    find: 'argument.replaceAll("$", () => "$$")',
    replace: "argument",
    tests: kubernetes,
  },
];

export default mutants;
