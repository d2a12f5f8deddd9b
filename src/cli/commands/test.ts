import { resolve } from "node:path";
import { type Diagnostic, renderDiagnostic, visible } from "../../core/index.ts";
import type { CheckedProject, DefinitionTestResult } from "../../featurestore/index.ts";
import { usageError } from "../arguments/index.ts";
import type { Command, CommandContext, CommandResult } from "../command.ts";
import { counted, type Style } from "../output/index.ts";
import { folderOption, functionsOption, placesOf, withFunctions } from "../project.ts";
import { s3Options } from "../s3-options.ts";

/** `tondo test`: do the definitions mean what is meant? */
export const testCommand: Command = {
  name: "test",
  summary: "run the test blocks of the .tondo files",
  about:
    "Each expectation is held against every path: the time contract by plain loops, the join of training sets in both of its ways, and an " +
    "online store that is loaded as of the moment. The rows are those that the tests give; the data of the project are not read, but for " +
    "the columns of sources that declare none.",
  synopsis: ["[FILE...] [-t TEXT] [--folder DIR]"],
  positionals: [{ name: "FILE", help: ".tondo files whose tests run (default: all)", optional: true, many: true }],
  options: {
    name: { value: "TEXT", help: "only tests with this in their name, upper or lower case", short: "t" },
    ...folderOption,
    ...s3Options,
    ...functionsOption,
  },
  examples: ["tondo test", 'tondo test -t "counts once"', "tondo test features.tondo --json"],
  exits: { 1: "a test fails, or the definitions have errors" },
  async run(context) {
    const { checkProject, renderDiagnostics, runDefinitionTests } = await import("../../featurestore/index.ts");
    const engine = await withFunctions(context);
    const project = await checkProject(await placesOf(context), engine);
    const { plan, diagnostics } = project;
    if (plan === undefined) return { text: renderDiagnostics(project), json: jsonOf([], diagnostics), exitCode: 1 };
    const tests = chosen(context, project);
    const { defaultLmdbLimits, LmdbStore } = await import("../../lmdb.ts");
    const limits = { groups: Math.max(defaultLmdbLimits.groups, plan.groups.length) };
    context.progress.start("running tests", tests.length);
    let done = 0;
    const results = await runDefinitionTests({
      plan,
      tests,
      engine,
      openStore: (folder) => LmdbStore.open({ folder, limits }),
      signal: context.terminal.signal,
      done: () => {
        context.progress.update(++done);
      },
    });
    context.progress.finish();
    return resultOf(results, project, context.style);
  },
};

/** The tests of the files and of the name that are asked for. */
function chosen({ args }: CommandContext, { tests, files, folder }: CheckedProject): CheckedProject["tests"] {
  const given = args.rest("FILE").map((file) => resolve(folder, file));
  const inFolder = new Map(files.map(({ path }) => [resolve(folder, path), path]));
  const wanted = given.map((file) => {
    const path = inFolder.get(file);
    if (path !== undefined) return path;
    throw usageError(
      `"${file}" is no .tondo file of the project`,
      `Its files are ${[...inFolder.values()].join(", ")}.`,
    );
  });
  const name = args.text("name")?.toLowerCase();
  const found = tests.filter(
    (test) =>
      (wanted.length === 0 || wanted.includes(test.span.file)) &&
      (name === undefined || test.name.toLowerCase().includes(name)),
  );
  if (found.length > 0 || name === undefined) return found;
  throw usageError(`no test has "${args.text("name") ?? ""}" in its name`, "Leave out -t to run all.");
}

function resultOf(results: readonly DefinitionTestResult[], { files }: CheckedProject, style: Style): CommandResult {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const failed = results.filter(({ passed }) => !passed);
  const sections: string[] = [];
  for (const file of new Set(results.map((result) => result.file))) {
    const own = results.filter((result) => result.file === file);
    sections.push([visible(file), ...own.map((result) => `  ${lineOf(result, style)}`)].join("\n"));
  }
  for (const { name, diagnostics } of failed) {
    const shown = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, texts.get(diagnostic.span.file) ?? ""));
    sections.push([style.bold(visible(name)), ...shown].join("\n\n"));
  }
  const passed = `${String(results.length - failed.length)} passed`;
  const summary = `${results.length > failed.length ? style.green(passed) : passed}, ${failed.length > 0 ? style.red(`${String(failed.length)} failed`) : "0 failed"}`;
  const none = results.length === 0 ? " (there are no tests: docs/language.md shows how they are written)" : "";
  return {
    text: [...sections, `${summary}${none}`].join("\n\n"),
    json: jsonOf(results, []),
    exitCode: failed.length === 0 ? 0 : 1,
  };
}

function lineOf({ name, passed, expectations }: DefinitionTestResult, style: Style): string {
  const mark = passed ? style.green("ok") : style.red("failed");
  return `${mark}  ${visible(name)} (${counted(expectations, "expectation")})`;
}

function jsonOf(
  results: readonly DefinitionTestResult[],
  diagnostics: readonly Diagnostic[],
): Readonly<Record<string, unknown>> {
  const failed = results.filter(({ passed }) => !passed).length;
  const ok = failed === 0 && diagnostics.length === 0;
  return { ok, passed: results.length - failed, failed, tests: results, diagnostics };
}
