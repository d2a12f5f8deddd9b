import { canonicalJson, type Diagnostic, TondoError } from "../../core/index.ts";
import {
  declaredPlaces,
  type DeclaredPlace,
  type ParsedProject,
  type Schema,
  undeclaredSources,
} from "../../dsl/index.ts";
import { Engine, type EngineOptions } from "../duckdb/index.ts";
import { describeFiles, type FileSet } from "../offline/files/file-scan.ts";
import { type FilePlaces, holdingFiles } from "../offline/files/file-places.ts";
import { filesOf, stampFiles } from "../offline/files/source-files.ts";
import { declaredProblems, embeddingsOf, type FirstFile, firstFileOf } from "./declared-problems.ts";

/** The columns of a project's sources, as far as their files say. */
export interface SourceColumns {
  readonly schemas: ReadonlyMap<string, Schema>;
  /** Of sources whose files are not there, cannot be read, or are not what `columns (...)` says. */
  readonly problems: readonly Diagnostic[];
}

interface Seen<T> {
  /** Paths, sizes and times of the files. */
  readonly stamp: string;
  readonly columns: T | TondoError;
}

type FileClause = DeclaredPlace["file"];

/** How many places of sources are remembered beyond those of the last read: an editor asks for each path on the way to the one meant. */
const maxRemembered = 1000;

/** Where the files are that are looked at, whether only new ones, and what reads them. */
interface Look {
  readonly places: FilePlaces;
  readonly onlyNew: boolean;
  readonly engine: () => Promise<Engine>;
}

/** What is read of a place: how, which of its files (of CSV without declared columns, every row), and what else makes it another reading. */
interface Reading<T> {
  readonly read: (engine: Engine, set: FileSet) => Promise<T>;
  readonly of: "all" | "first";
  readonly also?: readonly string[];
}

/** The columns of sources in their files, read anew only where the files are no longer the same. */
export class SourceSchemas {
  readonly #undeclared: Map<string, Seen<Schema>> = new Map<string, Seen<Schema>>();
  readonly #declared: Map<string, Seen<FirstFile>> = new Map<string, Seen<FirstFile>>();
  readonly #engineOptions: EngineOptions;

  constructor(engineOptions: EngineOptions = {}) {
    this.#engineOptions = engineOptions;
  }

  /**
   * The columns of all sources without `columns (...)`, and where the files of the others contradict theirs; paths are relative to
   * the folder. With `onlyNew`, files are looked at only where their path has not been asked for before.
   */
  read(project: ParsedProject, places: FilePlaces, onlyNew = false): Promise<SourceColumns> {
    return holdingFiles(places, {}, (held) => this.#read(project, held, onlyNew));
  }

  async #read(project: ParsedProject, places: FilePlaces, onlyNew: boolean): Promise<SourceColumns> {
    const schemas = new Map<string, Schema>();
    const problems: Diagnostic[] = [];
    let opened: Engine | undefined;
    const look: Look = { places, onlyNew, engine: async () => (opened ??= await Engine.open(this.#engineOptions)) };
    try {
      const undeclared = undeclaredSources(project);
      for (const { name, file } of undeclared) {
        const reading = { read: describeFiles, of: file.format === "csv" ? "all" : "first" } as const;
        const columns = await columnsOf(this.#undeclared, name.text, file, look, reading);
        if (columns instanceof TondoError) problems.push(problemOf(columns, file));
        else schemas.set(name.text, columns);
      }
      const declared = declaredPlaces(project);
      for (const place of declared) {
        const read = (engine: Engine, set: FileSet): Promise<FirstFile> => firstFileOf(engine, set, place);
        const reading = { read, of: "first", also: embeddingsOf(place) } as const;
        const columns = await columnsOf(this.#declared, place.source, place.file, look, reading);
        if (!(columns instanceof TondoError)) problems.push(...declaredProblems(place, columns));
        // Files of declared columns may come later.
        else if (columns.code !== "SOURCE_MISSING") problems.push(problemOf(columns, place.file));
      }
      forget(this.#undeclared, undeclared.length);
      forget(this.#declared, declared.length);
    } finally {
      opened?.close();
    }
    return { schemas, problems };
  }
}

/** Forgets what was not asked for for longest. */
function forget(all: Map<string, unknown>, inUse: number): void {
  for (const key of all.keys()) {
    if (all.size <= maxRemembered + inUse) return;
    all.delete(key);
  }
}

async function columnsOf<T>(
  all: Map<string, Seen<T>>,
  source: string,
  { format, path }: FileClause,
  { places, onlyNew, engine }: Look,
  { read, of, also = [] }: Reading<T>,
): Promise<T | TondoError> {
  // With the source's name, which what cannot be read says.
  const key = canonicalJson([source, format, places.folder, path, also]);
  const before = all.get(key);
  // What was asked for last stands last.
  all.delete(key);
  if (before !== undefined) all.set(key, before);
  if (before !== undefined && onlyNew) return before.columns;
  const what = `source "${source}"`;
  let seen: Seen<T> | undefined;
  let stamp = "";
  try {
    const files = await filesOf(path, places, what, of);
    stamp = await stampFiles(files);
    seen = before?.stamp === stamp ? before : { stamp, columns: await read(await engine(), { format, files, what }) };
  } catch (error) {
    if (!(error instanceof TondoError)) throw error;
    seen = { stamp, columns: error };
  }
  all.set(key, seen);
  return seen.columns;
}

function problemOf(error: TondoError, { span }: FileClause): Diagnostic {
  const missing = error.code === "SOURCE_MISSING";
  return {
    code: missing ? "source-missing" : "source-unreadable",
    severity: "error",
    message: error.message,
    span,
    hint: missing
      ? "the path is relative to the folder; or say columns (...) where the file comes later"
      : (error.hint ?? "check the file"),
  };
}
