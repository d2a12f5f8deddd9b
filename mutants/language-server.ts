import type { Mutant } from "../scripts/mutants/mutant.ts";

const names = ["test/dsl/navigation/project-index.test.ts"];
const completion = ["test/dsl/navigation/complete.test.ts"];
const protocol = ["test/language-server/protocol.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "column-in-an-aggregate-taken-for-a-sibling",
    file: "src/dsl/navigation/occurrences.ts",
    find: "aggregate && place.column !== undefined ? { ...place, name: place.column } : place",
    replace: "place",
    tests: names,
  },
  {
    name: "fence-of-code-that-a-name-ends",
    file: "src/dsl/navigation/describe.ts",
    find: "longest + 1",
    replace: "3",
    tests: names,
  },
  {
    name: "roles-of-other-entities-as-likely",
    file: "src/dsl/navigation/reference-candidates.ts",
    find: "role.entity === entity?.name ? 0 : 1",
    replace: "0",
    tests: completion,
  },
  {
    name: "completion-in-comments",
    file: "src/dsl/navigation/text-context.ts",
    find: "start < offset && offset <= end)) return undefined;",
    replace: "start < offset && offset < start)) return undefined;",
    tests: completion,
  },
  {
    name: "files-on-disk-over-open-documents",
    file: "src/language-server/live-project.ts",
    find: "for (const [path, file] of this.#open) files.set(path, file);",
    replace: "for (const [path, file] of this.#open) if (!files.has(path)) files.set(path, file);",
    tests: protocol,
    testName: "lead to|outline and format",
  },
  {
    name: "ranges-count-code-points",
    file: "src/language-server/shapes.ts",
    find: "return { start: document.positionAt(start), end: document.positionAt(end) };",
    replace:
      "const at = (n: number): number => Array.from(file.text.slice(0, n)).length;\n  return { start: document.positionAt(at(start)), end: document.positionAt(at(end)) };",
    tests: protocol,
    testName: "UTF-16",
  },
];

export default mutants;
