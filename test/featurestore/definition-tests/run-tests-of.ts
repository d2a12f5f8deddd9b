import { compile, functionLibrary, parseProject } from "../../../src/dsl/index.ts";
import {
  type DefinitionTestOptions,
  type DefinitionTestResult,
  runDefinitionTests,
} from "../../../src/featurestore/index.ts";
import { LmdbStore } from "../../../src/lmdb.ts";

/** What a project's tests come to. */
export async function runTestsOf(
  text: string,
  options: Partial<DefinitionTestOptions> = {},
): Promise<readonly DefinitionTestResult[]> {
  const functions = functionLibrary(options.engine?.functions);
  const { plan, tests, diagnostics } = compile(
    parseProject([{ path: "p.tondo", text }]),
    new Map(),
    [],
    undefined,
    functions,
  );
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return runDefinitionTests({ plan, tests, openStore: (folder) => LmdbStore.open({ folder }), ...options });
}

/** The messages of what does not hold. */
export async function failuresOf(text: string): Promise<readonly string[]> {
  const results = await runTestsOf(text);
  return results.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message));
}
