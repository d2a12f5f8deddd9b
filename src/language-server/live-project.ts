import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Diagnostic, type SourceFile, TondoError } from "../core/index.ts";
import {
  compile,
  type ExpressionTypes,
  type FunctionLibrary,
  functionLibrary,
  indexProject,
  noFunctions,
  type ParsedProject,
  parseProject,
  type ProjectIndex,
  type Schema,
} from "../dsl/index.ts";
import {
  loadFunctions,
  type LoadedFunctions,
  projectLimits,
  projectPaths,
  readProjectFile,
  SourceSchemas,
} from "../featurestore/index.ts";

/** A project as it is at one moment, open documents in place of the files under them. */
export interface ProjectView {
  /** By path from the project's folder. */
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly parsed: ParsedProject;
  readonly index: ProjectIndex;
  readonly diagnostics: readonly Diagnostic[];
}

interface DiskFile {
  readonly stamp: string;
  readonly file: SourceFile;
}

/** Columns are read beside an editor: little memory, one thread. */
const engineOptions = { memory: "500MB", threads: 1 } as const;

/** A folder of definitions that is being edited: what its names mean, and what is wrong, at every moment. */
export class LiveProject {
  readonly root: string;
  readonly #subfolders: boolean;
  readonly #log: (message: string) => void;
  readonly #schemas: SourceSchemas = new SourceSchemas(engineOptions);
  readonly #open: Map<string, SourceFile> = new Map<string, SourceFile>();
  #disk: ReadonlyMap<string, DiskFile> = new Map<string, DiskFile>();
  #functions: LoadedFunctions = { functions: [] };
  #library: FunctionLibrary = noFunctions;
  readonly #parsed: WeakMap<SourceFile, ParsedProject> = new WeakMap<SourceFile, ParsedProject>();
  /** Columns by source as they were last read, also of sources that cannot be parsed at the moment. */
  readonly #columns: Map<string, Schema> = new Map<string, Schema>();
  #view: ProjectView | undefined;

  /** What cannot be read goes to `log`; it hides nothing else. */
  constructor(root: string, subfolders: boolean, log: (message: string) => void) {
    this.root = root;
    this.#subfolders = subfolders;
    this.#log = log;
  }

  /** Whether no document of it is open. */
  get idle(): boolean {
    return this.#open.size === 0;
  }

  /** The document's text counts from now on, and not the file's. */
  edit(path: string, text: string): void {
    if (!this.#open.has(path) && this.#open.size >= projectLimits.files) {
      this.#log(`${path}: more than ${String(projectLimits.files)} documents are open; this one is left out`);
      return;
    }
    this.#open.set(path, { path, text });
    this.#view = undefined;
  }

  /** The file's text counts again. */
  close(path: string): void {
    this.#open.delete(path);
    this.#view = undefined;
  }

  /** Looks at the files on disk; those that have not changed are not read again. */
  async look(): Promise<void> {
    const disk = new Map<string, DiskFile>();
    for (const path of await this.#paths()) {
      try {
        const { size, mtimeMs } = await stat(join(this.root, path));
        const stamp = `${String(size)} ${String(mtimeMs)}`;
        const before = this.#disk.get(path);
        disk.set(path, before?.stamp === stamp ? before : { stamp, file: await readProjectFile(this.root, path) });
      } catch (error) {
        this.#log(`${path}: ${messageOf(error)}`);
      }
    }
    this.#disk = disk;
    await this.#lookAtFunctions();
    this.#view = undefined;
  }

  /** Everything checked, the columns of sources included; with `onlyNew` as {@link SourceSchemas.read} has it. */
  async check(onlyNew: boolean): Promise<ProjectView> {
    for (let again = onlyNew; ; again = true) {
      const view = this.view();
      const { schemas, problems } = await this.#schemas.read(view.parsed, { folder: this.root }, again);
      // Typing goes on while files are read.
      if (this.#view !== view) continue;
      for (const [name, schema] of schemas) this.#columns.set(name, schema);
      this.#view = this.#compiled(view.files, view.parsed, problems);
      return this.#view;
    }
  }

  /** What can be said at once, with the columns of sources as they were last read. */
  view(): ProjectView {
    if (this.#view !== undefined) return this.#view;
    const files = new Map([...this.#disk].map(([path, { file }]) => [path, file]));
    for (const [path, file] of this.#open) files.set(path, file);
    const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    const parts = sorted.map((file) => this.#parse(file));
    const parsed: ParsedProject = {
      files: sorted,
      declarations: parts.flatMap(({ declarations }) => declarations),
      broken: parts.flatMap(({ broken }) => broken),
      diagnostics: parts.flatMap(({ diagnostics }) => diagnostics),
    };
    this.#view = this.#compiled(files, parsed, []);
    return this.#view;
  }

  #parse(file: SourceFile): ParsedProject {
    const before = this.#parsed.get(file);
    if (before !== undefined) return before;
    const parsed = parseProject([file]);
    this.#parsed.set(file, parsed);
    return parsed;
  }

  #compiled(
    files: ReadonlyMap<string, SourceFile>,
    parsed: ParsedProject,
    problems: readonly Diagnostic[],
  ): ProjectView {
    const types: ExpressionTypes = new Map();
    const bad = new Set(problems.map(({ span }) => `${span.file} ${String(span.start)}`));
    const unread = new Set(
      parsed.declarations.flatMap((declaration) => {
        if (declaration.kind !== "source") return [];
        const wrong = declaration.transports.some(({ span }) => bad.has(`${span.file} ${String(span.start)}`));
        return wrong ? [declaration.name.text] : [];
      }),
    );
    const schemas = new Map([...this.#columns].filter(([name]) => !unread.has(name)));
    const { diagnostics } = compile(parsed, schemas, problems, types, this.#library);
    return {
      files,
      parsed,
      diagnostics,
      index: indexProject(parsed, { schemas: this.#columns, types, functions: this.#library }),
    };
  }

  /** Those of a workspace's folder: the code of a folder that nobody opened is not run. What was loaded before stays where they fail. */
  async #lookAtFunctions(): Promise<void> {
    if (!this.#subfolders) return;
    try {
      this.#functions = await loadFunctions(this.root, undefined, this.#functions);
      this.#library = functionLibrary(this.#functions.functions);
    } catch (error) {
      this.#log(messageOf(error));
    }
  }

  async #paths(): Promise<readonly string[]> {
    // A document that was never saved has no folder.
    if (!this.#subfolders && !existsSync(this.root)) return [];
    try {
      return await projectPaths(this.root, this.#subfolders);
    } catch (error) {
      this.#log(messageOf(error));
      return [];
    }
  }
}

function messageOf(error: unknown): string {
  if (error instanceof TondoError) return `${error.message}. ${error.hint ?? ""}`.trimEnd();
  return error instanceof Error ? error.message : String(error);
}
