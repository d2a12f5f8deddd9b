import type { Mutant } from "../scripts/mutants/mutant.ts";

const folder = "src/featurestore/offline/spark";
const driver = "src/featurestore/spark";
const unit = ["test/featurestore/offline/spark/spark-unit.test.ts"];
/** A real Spark over random histories: a minute on two free cores where nothing is wrong. */
const histories = {
  tests: ["test/featurestore/offline/spark/spark-join.integration.test.ts"],
  timeoutSeconds: 600,
} as const;

const mutants: readonly Mutant[] = [
  {
    name: "spark-parts-lost-without-a-word",
    file: `${folder}/spark-unit.ts`,
    find: 'if (row?.["rows"] === rows) return;',
    replace: 'if (Number(row?.["rows"]) <= rows) return;',
    tests: unit,
  },
  {
    name: "spark-order-taken-on-trust",
    file: `${folder}/spark-unit.ts`,
    find: "(m === moment && a < asks)",
    replace: "(m === moment && a < 0)",
    tests: unit,
  },
  {
    name: "spark-reads-decimals-its-own-way",
    file: `${folder}/spark-files.ts`,
    find: "const own = type === undefined || others.length > 0 ? undefined : declaredType(type, kind);",
    replace:
      'const own = type === undefined || others.length > 0 ? undefined : (declaredType(type, kind) ?? "double");',
    tests: unit,
  },
  {
    name: "spark-reads-files-that-differ-as-one",
    file: `${folder}/spark-files.ts`,
    find: "others.length > 0 ? undefined",
    replace: "others.length > 9 ? undefined",
    tests: unit,
  },
  {
    name: "spark-passes-over-hidden-files",
    file: `${driver}/spark-path.ts`,
    find: "&& !/^[_.]/.test(basename(path))",
    replace: '&& basename(path) !== ""',
    tests: ["test/featurestore/spark/spark-path.test.ts"],
  },
  {
    name: "spark-takes-settings-that-change-values",
    file: `${driver}/spark-settings.ts`,
    find: "own.toLowerCase() !== value.toLowerCase()",
    replace: "own === value",
    tests: ["test/featurestore/spark/spark-options.test.ts"],
  },
  {
    name: "spark-defaults-taken-on-trust",
    file: `${driver}/spark-process.ts`,
    find: "const reason = refusedSetting(name, value);",
    replace: "const reason = name === value ? refusedSetting(name, value) : undefined;",
    tests: ["test/featurestore/spark/spark-process.test.ts"],
  },
  {
    name: "spark-settings-of-the-user-count-last",
    file: `${driver}/spark-process.ts`,
    find: "...conf, ...sessionSettings }",
    replace: "...sessionSettings, ...conf }",
    tests: ["test/featurestore/spark/spark-process.test.ts"],
  },
  {
    name: "spark-outlives-its-cancelled-run",
    file: `${driver}/spark-process.ts`,
    find: "const hard = setTimeout(this.#kill, grace);",
    replace: "const hard = setTimeout(this.#kill, 100 * grace);",
    tests: ["test/featurestore/spark/spark-process.test.ts"],
  },
  {
    name: "spark-known-ignored",
    file: `${folder}/spark-latest.ts`,
    find: "greatest(t, k) as moment",
    replace: "t as moment",
    ...histories,
  },
  {
    name: "spark-ties-by-luck",
    file: `${folder}/spark-passage.ts`,
    find: '...(plan.ordered ? ["stamp", ...tied.map(({ name }) => name)] : [])',
    replace: '...(plan.ordered ? ["stamp desc"] : [])',
    ...histories,
  },
  {
    name: "spark-versions-the-other-way",
    file: `${folder}/spark-versions.ts`,
    find: "min(k) as k${anyDerived}",
    replace: "max(k) as k${anyDerived}",
    ...histories,
  },
  {
    name: "spark-ttl-off-by-one",
    file: `${folder}/spark-latest.ts`,
    find: "q - best.t <= ${String(ttl)}",
    replace: "q - best.t < ${String(ttl)}",
    ...histories,
  },
];

export default mutants;
