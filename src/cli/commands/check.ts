import type { Diagnostic } from "../../core/index.ts";
import type { CheckedProject } from "../../featurestore/index.ts";
import type { Command } from "../command.ts";
import { counted, type Style } from "../output/index.ts";
import { folderOption, functionsOption, placesOf, withFunctions } from "../project.ts";
import { s3Options } from "../s3-options.ts";

/** `tondo check`: are the definitions right? */
export const checkCommand: Command = {
  name: "check",
  summary: "find the errors in the .tondo files",
  about:
    "Parses and checks all .tondo files of the folder and its subfolders, and looks at the columns of the sources' files. " +
    "All errors are shown at once, each with its line. Nothing is written, copies of objects in S3 aside.",
  synopsis: ["[--folder DIR]"],
  positionals: [],
  options: { ...folderOption, ...s3Options, ...functionsOption },
  examples: ["tondo check", "tondo check --folder examples/orders --json"],
  exits: { 1: "there are errors, or the folder cannot be read" },
  async run(context) {
    const { checkProject, renderDiagnostics } = await import("../../featurestore/index.ts");
    const project = await checkProject(await placesOf(context), await withFunctions(context));
    const { diagnostics, files, plan } = project;
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const found = diagnostics.length === 0 ? "" : `${coloured(renderDiagnostics(project), context.style)}\n\n`;
    return {
      text: `${found}${summaryOf(project, context.style)}`,
      json: {
        ok: plan !== undefined,
        files: files.map(({ path }) => path),
        diagnostics,
        defined: plan === undefined ? null : countsOf(plan),
      },
      exitCode: errors.length === 0 ? 0 : 1,
    };
  },
};

function countsOf(plan: NonNullable<CheckedProject["plan"]>): Readonly<Record<string, number>> {
  return {
    entities: plan.entities.length,
    sources: plan.sources.length,
    groups: plan.groups.length,
    features: plan.groups.reduce((sum, { features }) => sum + features.length, 0),
    vectors: plan.vectors.length,
  };
}

function summaryOf({ files, diagnostics, plan }: CheckedProject, style: Style): string {
  const of = (severity: Diagnostic["severity"]): number =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const where = `in ${counted(files.length, "file")}`;
  const warnings = of("warning") === 0 ? "" : `, ${counted(of("warning"), "warning")}`;
  if (plan === undefined) return style.red(`${counted(of("error"), "error")}${warnings} ${where}`);
  const defined = countsOf(plan);
  const parts = [
    counted(defined["entities"] ?? 0, "entity", "entities"),
    counted(defined["sources"] ?? 0, "source"),
    `${counted(defined["groups"] ?? 0, "group")} with ${counted(defined["features"] ?? 0, "feature")}`,
    counted(defined["vectors"] ?? 0, "vector"),
  ];
  return `${style.green("ok")}: ${parts.join(", ")} ${where}${warnings}`;
}

function coloured(text: string, style: Style): string {
  return text
    .replaceAll(/^error\[[^\]]*\]/gm, (head) => style.red(style.bold(head)))
    .replaceAll(/^warning\[[^\]]*\]/gm, (head) => style.yellow(style.bold(head)));
}
