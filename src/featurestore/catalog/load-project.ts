import { resolve } from "node:path";
import { type Diagnostic, renderDiagnostic, type SourceFile, TondoError } from "../../core/index.ts";
import {
  type About,
  type Compilation,
  compile,
  functionLibrary,
  parseProject,
  type Places,
  type ProjectPlan,
  type TestPlan,
} from "../../dsl/index.ts";
import type { EngineOptions } from "../duckdb/index.ts";
import type { FilePlaces } from "../offline/files/file-places.ts";
import { projectPaths, readProjectFile } from "./project-files.ts";
import { SourceSchemas } from "./source-schemas.ts";

/** A folder of `.tondo` files as compiled: with errors, or with a plan. */
export interface CheckedProject {
  readonly folder: string;
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
  /** Absent where there is an error. */
  readonly plan?: ProjectPlan;
  /** None where there is an error. */
  readonly tests: readonly TestPlan[];
  readonly about: ReadonlyMap<string, About>;
  readonly places: Places;
}

/** A project without errors. */
export interface Project extends CheckedProject {
  readonly plan: ProjectPlan;
}

/**
 * Reads, parses and checks all `.tondo` files of a folder and its subfolders; the columns of sources come from their files. What is given
 * is the folder, or where all paths lead. Errors in the files are diagnostics, not exceptions.
 *
 * @throws TondoError `IO_FAILED` where the folder cannot be read, `DEFINITIONS_INVALID` where it holds no `.tondo` file
 */
export async function checkProject(
  place: string | FilePlaces,
  engineOptions: EngineOptions = {},
): Promise<CheckedProject> {
  const places = typeof place === "string" ? { folder: place } : place;
  const root = resolve(places.folder);
  const files = await readFiles(root);
  const parsed = parseProject(files);
  const { schemas, problems } = await new SourceSchemas(engineOptions).read(parsed, { ...places, folder: root });
  const compilation: Compilation = compile(
    parsed,
    schemas,
    problems,
    undefined,
    functionLibrary(engineOptions.functions),
  );
  return { folder: root, files, ...compilation };
}

/**
 * As {@link checkProject}, for those who need a plan.
 *
 * @throws TondoError `DEFINITIONS_INVALID` with all errors rendered
 */
export async function loadProject(place: string | FilePlaces, engineOptions: EngineOptions = {}): Promise<Project> {
  const checked = await checkProject(place, engineOptions);
  if (checked.plan !== undefined) return { ...checked, plan: checked.plan };
  const errors = checked.diagnostics.filter(({ severity }) => severity === "error");
  throw new TondoError(
    "DEFINITIONS_INVALID",
    `${String(errors.length)} ${errors.length === 1 ? "error" : "errors"} in the definitions\n\n${renderDiagnostics(checked)}`,
    {
      where: checked.folder,
      hint: "Mend the .tondo files.",
      details: { diagnostics: errors },
    },
  );
}

/** All diagnostics of a project, each with its line and a caret. */
export function renderDiagnostics({ files, diagnostics }: Pick<CheckedProject, "files" | "diagnostics">): string {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return diagnostics
    .map((diagnostic) => renderDiagnostic(diagnostic, texts.get(diagnostic.span.file) ?? ""))
    .join("\n\n");
}

async function readFiles(root: string): Promise<readonly SourceFile[]> {
  const paths = await projectPaths(root);
  if (paths.length === 0) {
    throw new TondoError("DEFINITIONS_INVALID", `there is no .tondo file in "${root}"`, {
      hint: "Make a first project with `tondo init`.",
    });
  }
  const files: SourceFile[] = [];
  for (const path of paths) files.push(await readProjectFile(root, path));
  return files;
}
