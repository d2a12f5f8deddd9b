import type { Mutant } from "../scripts/mutants/mutant.ts";

const folder = "src/featurestore/extract";
const extract = ["test/featurestore/extract/extract.integration.test.ts"];
const values = ["test/featurestore/extract/values.integration.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "extract-in-the-order-of-texts",
    file: "src/database/postgres/table-snapshot.ts",
    find: "given.${quoteName(name)}",
    replace: "${quoteName(name)}",
    tests: values,
  },
  {
    name: "extract-lookback-ignored",
    file: `${folder}/read-table.ts`,
    find: "cursor.kind, cursor.lookback)",
    replace: "cursor.kind, 0)",
    tests: extract,
  },
  {
    name: "extract-parts-on-the-edge-skipped",
    file: `${folder}/read-table.ts`,
    find: "(largestOf(part) ?? largest) >= from",
    replace: "(largestOf(part) ?? largest) > from",
    tests: extract,
  },
  {
    name: "extract-repeats-kept",
    file: `${folder}/unkept-rows.ts`,
    find: "coalesce(kept.kept_times, 0)",
    replace: "0",
    tests: extract,
  },
  {
    name: "extract-equal-rows-dropped",
    file: `${folder}/unkept-rows.ts`,
    find: "where again.nth > coalesce(kept.kept_times, 0)",
    replace: "where kept.kept_times is null",
    tests: values,
  },
  {
    name: "extract-nulls-differ",
    file: `${folder}/unkept-rows.ts`,
    find: "is not distinct from",
    replace: "=",
    tests: values,
  },
  {
    name: "extract-led-into-the-future",
    file: `${folder}/cursor.ts`,
    find: "return largest < now ? largest : now;",
    replace: "return largest;",
    tests: extract,
  },
  {
    name: "extract-unnamed-parts-left",
    file: `${folder}/kept-parts.ts`,
    find: "if (isPart && !named.has(name))",
    replace: "if (isPart && named.size < 0)",
    tests: extract,
  },
  {
    name: "extract-parts-of-a-damaged-record-removed",
    file: `${folder}/kept-parts.ts`,
    find: 'if (record === "damaged") return new KeptParts(folder, extracted, undefined, highest + 1);',
    replace: 'if (record === "damaged") record = undefined;',
    tests: extract,
  },
  {
    name: "extract-all-that-lies-there",
    file: "src/featurestore/extract/extracted-places.ts",
    find: 'return { format: "parquet", path, files: record.parts.map(({ file }) => file) };',
    replace: 'return { format: "parquet", path, files: ["part-*.parquet"] };',
    tests: extract,
  },
  {
    name: "extract-float4-by-its-text",
    file: "src/database/postgres/source-column.ts",
    find: "`${name}::float8::text`",
    replace: "`${name}::text`",
    tests: values,
  },
  {
    name: "extract-moments-to-the-millisecond",
    file: "src/database/postgres/source-column.ts",
    find: "(extract(epoch from ${name}) * 1000000)",
    replace: "(extract(epoch from date_trunc('milliseconds', ${name})) * 1000000)",
    tests: values,
  },
  {
    name: "extract-changed-type-taken",
    file: `${folder}/check-table.ts`,
    find: "if (before !== undefined && earlier !== found?.kind)",
    replace: "if (before !== undefined && earlier === undefined)",
    tests: extract,
  },
];

export default mutants;
