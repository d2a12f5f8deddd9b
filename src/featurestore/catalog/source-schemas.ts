import { stat } from "node:fs/promises";
import { canonicalJson, type Diagnostic, TondoError } from "../../core/index.ts";
import { type ParsedProject, type Schema, type UndeclaredSource, undeclaredSources } from "../../dsl/index.ts";
import { Engine, type EngineOptions } from "../duckdb/index.ts";
import { describeFiles } from "../offline/file-scan.ts";
import { filesOf } from "../offline/source-files.ts";

/** The columns of a project's sources, as far as their files say. */
export interface SourceColumns {
  readonly schemas: ReadonlyMap<string, Schema>;
  /** Of sources whose files are not there, or cannot be read. */
  readonly problems: readonly Diagnostic[];
}

interface Seen {
  /** Paths, sizes and times of the files. */
  readonly stamp: string;
  readonly columns: Schema | TondoError;
}

/** The columns of sources in their files, read anew only where the files are no longer the same. */
export class SourceSchemas {
  readonly #seen: Map<string, Seen> = new Map<string, Seen>();
  readonly #engineOptions: EngineOptions;

  constructor(engineOptions: EngineOptions = {}) {
    this.#engineOptions = engineOptions;
  }

  /**
   * The columns of all sources without `columns (...)`; paths are relative to the root. With `onlyNew`, files are
   * looked at only where their path has not been asked for before.
   */
  async read(project: ParsedProject, root: string, onlyNew = false): Promise<SourceColumns> {
    const schemas = new Map<string, Schema>();
    const problems: Diagnostic[] = [];
    let engine: Engine | undefined;
    try {
      for (const source of undeclaredSources(project)) {
        const key = `${source.file.format} ${root} ${source.file.path}`;
        const before = this.#seen.get(key);
        let seen = before;
        if (before === undefined || !onlyNew) {
          seen = await this.#look(
            source,
            root,
            before,
            async () => (engine ??= await Engine.open(this.#engineOptions)),
          );
          this.#seen.set(key, seen);
        }
        const columns = seen?.columns;
        if (columns instanceof TondoError) problems.push(problemOf(columns, source));
        else if (columns !== undefined) schemas.set(source.name.text, columns);
      }
    } finally {
      engine?.close();
    }
    return { schemas, problems };
  }

  async #look(
    { name, file }: UndeclaredSource,
    root: string,
    before: Seen | undefined,
    engine: () => Promise<Engine>,
  ): Promise<Seen> {
    const what = `source "${name.text}"`;
    let stamp = "";
    try {
      const files = await filesOf(file.path, root, what);
      stamp = await stampOf(files);
      if (before?.stamp === stamp) return before;
      return { stamp, columns: await describeFiles(await engine(), { format: file.format, files, what }) };
    } catch (error) {
      if (!(error instanceof TondoError)) throw error;
      return { stamp, columns: error };
    }
  }
}

async function stampOf(files: readonly string[]): Promise<string> {
  const stamps: (string | number)[] = [];
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    stamps.push(file, found?.size ?? -1, found?.mtimeMs ?? -1);
  }
  return canonicalJson(stamps);
}

function problemOf(error: TondoError, { file }: UndeclaredSource): Diagnostic {
  const missing = error.code === "SOURCE_MISSING";
  return {
    code: missing ? "source-missing" : "source-unreadable",
    severity: "error",
    message: error.message,
    span: file.span,
    hint: missing
      ? "the path is relative to the folder; or say columns (...) where the file comes later"
      : (error.hint ?? "check the file"),
  };
}
