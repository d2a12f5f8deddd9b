import type { Mutant } from "../scripts/mutants/mutant.ts";

const feast = ["test/tooling/feast-cases.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "feast-reads-not-compared",
    file: "benchmarks/online/feast-reads.ts",
    find: "deepStrictEqual(await values(asked), await feast.values(asked));",
    replace: "deepStrictEqual((await values(asked)).length, (await feast.values(asked)).length);",
    tests: feast,
  },
  {
    name: "feast-held-against-other-columns",
    file: "benchmarks/online/feast-reads.ts",
    find: "values[order.indexOf(name)]",
    replace: "values[names.indexOf(name)]",
    tests: feast,
  },
  {
    name: "feast-asked-for-fewer-keys",
    file: "benchmarks/online/feast-reads.ts",
    find: "() => Array.from({ length: keys }, nextFeast)",
    replace: "() => [nextFeast()]",
    tests: feast,
  },
  {
    name: "feast-loads-not-compared",
    file: "benchmarks/online/feast-materialize.ts",
    find: "deepStrictEqual(found, await feast.values(ids));",
    replace: "equal(found.length, (await feast.values(ids)).length);",
    tests: feast,
  },
  {
    name: "feast-loads-a-million-unasked",
    file: "benchmarks/online/feast-materialize.ts",
    find: "{ onRequest: true }",
    replace: "{}",
    tests: feast,
  },
];

export default mutants;
