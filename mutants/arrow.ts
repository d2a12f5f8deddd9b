import type { Mutant } from "../scripts/mutants/mutant.ts";

const folder = "src/featurestore/offline/files/arrow";
const tests = ["test/featurestore/offline/files/arrow.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "arrow-nanoseconds-cut-towards-1970",
    file: `${folder}/arrow-column.ts`,
    find: "return cut * by > value ? cut - 1n : cut;",
    replace: "return cut;",
    tests,
  },
  {
    name: "arrow-decimals-without-sign",
    file: `${folder}/arrow-column.ts`,
    find: "BigInt.asIntN(",
    replace: "BigInt.asUintN(",
    tests,
  },
  {
    name: "arrow-streams-cut-short-taken",
    file: `${folder}/arrow-reader.ts`,
    find: "const end = isFile ? magic : streamEnd;",
    replace: "const end = isFile ? magic : streamEnd.subarray(8);",
    tests,
  },
  {
    name: "arrow-tables-of-other-types-shared",
    file: `${folder}/arrow-files.ts`,
    find: "if (table?.takes(columns) !== true)",
    replace: "if (table === undefined)",
    tests,
  },
];

export default mutants;
