import type { Mutant } from "../scripts/mutants/mutant.ts";

const folder = "src/featurestore/definition-tests";
const judging = ["test/featurestore/definition-tests/judge.test.ts"];
const running = ["test/featurestore/definition-tests/run-definition-tests.test.ts"];
const moments = ["test/dsl/semantic/parse-moment.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "test-missing-taken-for-true",
    file: `${folder}/judge.ts`,
    find: "if (held === true) return undefined;",
    replace: "if (held !== false) return undefined;",
    tests: judging,
  },
  {
    name: "test-paths-that-disagree-pass",
    file: `${folder}/judge.ts`,
    find: "return a.length === b.length && a.every((item, i) => Object.is(item, b[i]));",
    replace: "return true;",
    tests: judging,
  },
  {
    name: "test-rows-all-by-the-first-place",
    file: "src/dsl/semantic/check-test.ts",
    find: "const transport = by === undefined ? 0 : plan",
    replace: "const transport = by === undefined || by.format !== plan.transports[0]?.format ? 0 : plan",
    tests: running,
  },
  {
    name: "test-folder-stays",
    file: `${folder}/run-definition-tests.ts`,
    find: "    await rm(folder, { recursive: true, force: true });",
    replace: "",
    tests: running,
  },
  {
    name: "test-lag-of-a-place-forgotten",
    file: `${folder}/test-files.ts`,
    find: "...(lag === undefined ? {} : { lag }),",
    replace: "",
    tests: running,
  },
  {
    name: "test-unknown-functions-not-computed",
    file: `${folder}/known-expressions.ts`,
    find: "if (isKnown) return expression;",
    replace: "if (isKnown || rows.length > 0) return expression;",
    tests: running,
  },
  {
    name: "test-of-a-day-that-is-none",
    file: "src/dsl/semantic/parse-moment.ts",
    find: "if (error instanceof TondoError) return undefined;",
    replace: "if (error instanceof TondoError) return 0;",
    tests: moments,
  },
  {
    name: "test-moment-without-its-fraction",
    file: "src/dsl/semantic/parse-moment.ts",
    find: "`${day}T${time}Z`",
    replace: '`${day}T${time.split(".")[0] ?? ""}Z`',
    tests: moments,
  },
];

export default mutants;
