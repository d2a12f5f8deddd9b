import { glob, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Diagnostic, renderDiagnostic, type SourceFile, TondoError } from "../../core/index.ts";
import {
  type About,
  type Compilation,
  compile,
  parseProject,
  type Places,
  type ProjectPlan,
  type Schema,
  type TestPlan,
  undeclaredSources,
} from "../../dsl/index.ts";
import { Engine, type EngineOptions } from "../duckdb/index.ts";
import { describeFiles } from "../offline/file-scan.ts";
import { filesOf } from "../offline/source-files.ts";

/** Bounds on a project folder. */
export const projectLimits = { files: 1000, bytesPerFile: 16_000_000 } as const;

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
 * Reads, parses and checks all `.tondo` files of a folder and its subfolders; the columns of sources come from their files. Errors
 * in the files are diagnostics, not exceptions.
 *
 * @throws TondoError `IO_FAILED` where the folder cannot be read, `DEFINITIONS_INVALID` where it holds no `.tondo` file
 */
export async function checkProject(folder: string, engineOptions: EngineOptions = {}): Promise<CheckedProject> {
  const root = resolve(folder);
  const files = await readFiles(root);
  const parsed = parseProject(files);
  const schemas = new Map<string, Schema>();
  const problems: Diagnostic[] = [];
  const engine = await Engine.open(engineOptions);
  try {
    for (const { name, file: first } of undeclaredSources(parsed)) {
      const what = `source "${name.text}"`;
      try {
        const set = { format: first.format, files: await filesOf(first.path, root, what), what };
        schemas.set(name.text, await describeFiles(engine, set));
      } catch (error) {
        if (!(error instanceof TondoError)) throw error;
        const code = error.code === "SOURCE_MISSING" ? "source-missing" : "source-unreadable";
        problems.push({
          code,
          severity: "error",
          message: error.message,
          span: first.span,
          hint:
            code === "source-missing"
              ? "the path is relative to the folder; or say columns (...) where the file comes later"
              : (error.hint ?? "check the file"),
        });
      }
    }
  } finally {
    engine.close();
  }
  const compilation: Compilation = compile(parsed, schemas, problems);
  return { folder: root, files, ...compilation };
}

/**
 * As {@link checkProject}, for those who need a plan.
 *
 * @throws TondoError `DEFINITIONS_INVALID` with all errors rendered
 */
export async function loadProject(folder: string, engineOptions: EngineOptions = {}): Promise<Project> {
  const checked = await checkProject(folder, engineOptions);
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
  const paths: string[] = [];
  try {
    if (!(await stat(root)).isDirectory())
      throw new TondoError("IO_FAILED", `"${root}" is no folder`, { hint: "Give the project's folder." });
    for await (const path of glob("**/*.tondo", { cwd: root, exclude: ["**/node_modules/**", "**/.*/**"] }))
      paths.push(path);
  } catch (error) {
    if (error instanceof TondoError) throw error;
    throw new TondoError("IO_FAILED", `the folder "${root}" cannot be read`, {
      hint: "Give the project's folder.",
      cause: error,
    });
  }
  if (paths.length === 0) {
    throw new TondoError("DEFINITIONS_INVALID", `there is no .tondo file in "${root}"`, {
      hint: "Make a first project with `tondo init`.",
    });
  }
  if (paths.length > projectLimits.files) {
    throw new TondoError("LIMIT_EXCEEDED", `more than ${String(projectLimits.files)} .tondo files in "${root}"`, {
      hint: "Give a folder with one project.",
    });
  }
  const files: SourceFile[] = [];
  for (const path of paths.sort()) {
    const whole = join(root, path);
    const { size } = await stat(whole);
    if (size > projectLimits.bytesPerFile) {
      throw new TondoError("LIMIT_EXCEEDED", `"${path}" has ${String(size)} bytes`, {
        where: whole,
        hint: `A file may have ${String(projectLimits.bytesPerFile)}.`,
      });
    }
    files.push({ path, text: await readFile(whole, "utf8") });
  }
  return files;
}
