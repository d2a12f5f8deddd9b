import type { Mutant } from "../scripts/mutants/mutant.ts";

const sql = ["test/featurestore/offline/sources/applied-sql.test.ts"];
const since = ["test/featurestore/materialize/since.test.ts"];
const log = ["test/featurestore/applied/applied-log.test.ts"];
const training = ["test/featurestore/applied/applied-training.test.ts"];
const applied = "src/featurestore/offline/sources/applied-sql.ts";

const mutants: readonly Mutant[] = [
  {
    name: "since-asked-of-no-row",
    file: applied,
    find: " and ${t} >= greatest(${from}, ${since}) then",
    replace: " then",
    tests: sql,
  },
  {
    name: "since-of-the-file-forgotten",
    file: applied,
    find: "${t} >= greatest(${from}, ${since})",
    replace: "${t} >= ${since}",
    tests: sql,
  },
  {
    name: "since-applied-before-its-file-was-read",
    file: applied,
    find: "then greatest(${at}, ${found}) end",
    replace: "then ${found} end",
    tests: sql,
  },
  {
    name: "since-falling-in-a-chain",
    file: applied,
    find: "(one) => (one.at(-1)?.since ?? -Infinity) <= since",
    replace: "(one) => one.length > 0",
    tests: sql,
  },
  {
    name: "since-of-a-load-that-takes-in-all",
    file: applied,
    find: "placed.filter(({ since }) => since === undefined)",
    replace: "placed",
    tests: sql,
  },
  {
    name: "since-row-waits-though-it-was-applied",
    file: applied,
    find: " and (${appliedSql(log, k, t, since)}) is null`;",
    replace: "`;",
    tests: since,
  },
  {
    name: "since-forgotten-by-the-log",
    file: "src/featurestore/materialize/load-group.ts",
    find: "files: digests, since }",
    replace: "files: digests }",
    tests: training,
  },
  {
    name: "since-taken-for-the-clock",
    file: "src/featurestore/applied/applied-log.ts",
    find: "({ writtenAt: _, ...load }) => load",
    replace: "({ writtenAt: _, since: __, ...load }) => load",
    tests: [...log, ...training],
  },
  {
    name: "since-of-a-first-load-decoded",
    file: "src/featurestore/applied/applied-log.ts",
    find: "(i > 0 && Number.isSafeInteger(since))",
    replace: "(i >= 0 && Number.isSafeInteger(since))",
    tests: log,
  },
  {
    name: "since-left-out-of-the-inputs",
    file: "src/featurestore/materialize/load-inputs.ts",
    find: "      ...(since === undefined ? {} : { since }),\n",
    replace: "",
    tests: since,
  },
  {
    name: "since-of-the-load-before-forgotten",
    file: "src/featurestore/materialize/former-inputs.ts",
    find: "since: log.loads.at(-1)?.since",
    replace: "since: now.since",
    tests: ["test/featurestore/materialize/how-loaded.test.ts"],
  },
  {
    name: "since-taken-by-a-first-load",
    file: "src/featurestore/materialize/load-since.ts",
    find: "if (first.length === 0) return;",
    replace: "if (first.length >= 0) return;",
    tests: since,
  },
  {
    name: "since-behind-the-moment",
    file: "src/featurestore/materialize/load-since.ts",
    find: "if (since > asOf) {",
    replace: "if (since > asOf && since < 0) {",
    tests: since,
  },
  {
    name: "since-asked-of-a-table",
    file: "src/featurestore/materialize/load-since.ts",
    find: '    if (source.kind === "table") continue;\n',
    replace: "",
    tests: since,
  },
];

export default mutants;
