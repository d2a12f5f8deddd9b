import type { Mutant } from "../scripts/mutants/mutant.ts";

const predictor = ["test/serving/predictor.test.ts"];
const opened = ["test/open.test.ts"];
const catalog = ["test/featurestore/catalog/catalog-sqlite.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "golden-rows-unread",
    file: "src/serving/model-package.ts",
    find: "if (!same || !Object.is(score, row.score)) {",
    replace: "if (same && score === Infinity) {",
    tests: predictor,
  },
  {
    name: "vector-of-another-fingerprint",
    file: "src/serving/model-package.ts",
    find: "if (manifest.vector?.fingerprint !== fingerprint)",
    replace: "if (fingerprint === null)",
    tests: predictor,
  },
  {
    name: "models-kept-without-bound",
    file: "src/serving/predictor.ts",
    find: "memory.size > limit",
    replace: "memory.size > limit * 1000",
    tests: predictor,
  },
  {
    name: "inputs-of-others-taken",
    file: "src/featurestore/online/request-reader.ts",
    find: "if (!inputs.has(name)) throw",
    replace: 'if (name === "") throw',
    tests: predictor,
  },
  {
    name: "tag-left-on-untrained-nodes",
    file: "src/training/train-and-register.ts",
    find: "if (!kept.has(JSON.stringify(path)))",
    replace: "if (kept.size === 0)",
    tests: opened,
  },
  {
    name: "tag-taken-where-nothing-trained",
    file: "src/training/train-and-register.ts",
    find: "if (nodes.length === 0) {",
    replace: "if (nodes.length < 0) {",
    tests: opened,
  },
  {
    name: "two-apply-at-once",
    file: "src/open.ts",
    find: 'using _lock = lockHome(this.home, "apply");',
    replace: "",
    tests: opened,
  },
  {
    name: "meaning-changed-silently",
    file: "src/featurestore/catalog/catalog.ts",
    find: "if (meaning.length > 0 && !replace) {",
    replace: "if (meaning.length < 0 && !replace) {",
    tests: catalog,
  },
  {
    name: "removed-definition-in-force",
    file: "src/featurestore/catalog/catalog.ts",
    find: "if (row.removed_at !== null) continue;",
    replace: "",
    tests: catalog,
  },
  {
    name: "request-for-another-vector-accepted",
    file: "src/serving/predictor.ts",
    find: "vector !== undefined && vector !== model.vector.name",
    replace: "vector !== undefined && false",
    tests: ["test/serving/predictor.test.ts"],
  },
  {
    name: "scored-on-what-is-unavailable",
    file: "src/serving/predictor.ts",
    find: "partial: isMissing(onUnavailable)",
    replace: "partial: isMissing(onUnavailable) || true",
    tests: predictor,
  },
  {
    name: "misspelled-choice-taken",
    file: "src/serving/predictor.ts",
    find: 'if (given === "missing" || given === "throw") return given === "missing";',
    replace: 'if (given !== "") return given === "missing";',
    tests: predictor,
  },
];

export default mutants;
