import type { Mutant } from "../scripts/mutants/mutant.ts";

const rule = ["test/dsl/plan/pii.test.ts"];
const shown = ["test/cli/pii.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "marking-changes-a-fingerprint",
    file: "src/dsl/plan/fingerprint.ts",
    find: "{ transports, columns: _columns, pii: _pii, ...source }",
    replace: "{ transports, columns: _columns, ...source }",
    tests: rule,
  },
  {
    name: "a-count-is-personal",
    file: "src/dsl/plan/pii.ts",
    find: "!measures.has(plan.aggregate) &&",
    replace: "",
    tests: rule,
  },
  {
    name: "a-key-of-a-personal-column-is-not",
    file: "src/dsl/plan/pii.ts",
    find: "if (group.entity !== name) continue;",
    replace: "continue;",
    tests: rule,
  },
  {
    name: "statistics-show-personal-values",
    file: "src/featurestore/statistics/feature-stats.ts",
    find: "this.#pii.has(stats.name) ? hideValues(stats) : stats",
    replace: "stats",
    tests: shown,
  },
  {
    name: "statistics-show-what-is-compared-with",
    file: "src/featurestore/statistics/hide-values.ts",
    find: "drift: drift === null ? null : { ...drift, bins: [] },",
    replace: "drift,",
    tests: shown,
  },
  {
    name: "cells-of-personal-columns-shown",
    file: "src/featurestore/offline/files/csv-cells.ts",
    find: "hidden.has(name) ? hiddenValue :",
    replace: "",
    tests: shown,
  },
  {
    name: "wrong-personal-keys-of-a-command-shown",
    file: "src/cli/commands/get.ts",
    find: "(entity, column) => pii.has(`${entity}.${column}`)",
    replace: "() => false",
    tests: shown,
  },
  {
    name: "wrong-personal-moments-shown",
    file: "src/cli/arguments/parse-value.ts",
    find: "throw shown === undefined ? error :",
    replace: "throw shown === undefined || shown !== text ? error :",
    tests: shown,
  },
  {
    name: "wrong-personal-inputs-shown",
    file: "src/featurestore/online/request-reader.ts",
    find: "hidden.has(name) ? hiddenValue : shown(value)",
    replace: "shown(value)",
    tests: shown,
  },
];

export default mutants;
