import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { manyFeatures } from "../../../benchmarks/dsl/vectors.ts";
import { ordersDefinitions } from "../../../src/cli/init/orders-definitions.ts";

const root = join(import.meta.dirname, "../../..");
const golden = join(root, "test/golden/errors");
const world = readFileSync(join(golden, "world.txt"), "utf8");

/** All `.tondo` files that people read, by their path from the root: not the inputs of tests. */
export const projectFiles: readonly string[] = globSync("**/*.tondo", {
  cwd: root,
  exclude: ["node_modules/**", "test/**", "**/.*/**"],
}).sort();

/** The examples of the pages, one text each. */
export const pageExamples: readonly string[] = globSync("docs/**/*.md", { cwd: root }).flatMap((page) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^```tondo\n(.*?)^```$/gms)].map((match) => match[1] ?? ""),
);

/** The text of a file of {@link projectFiles}. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Texts that compile. */
export const rightTexts: readonly string[] = [
  ...projectFiles.map(textOf),
  ...pageExamples,
  ordersDefinitions,
  world,
  manyFeatures(20),
];

/** Texts with one mistake each; some of them only the checker finds. */
export const wrongTexts: readonly string[] = globSync("*.tondo", { cwd: golden })
  .sort()
  .map((name) => readFileSync(join(golden, name), "utf8"))
  .filter((text) => text.length < 4_000)
  .map((text) => (text.startsWith("// alone\n") ? text : `${text}\n${world}`));
