import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseBytes, TondoError } from "../core/index.ts";
import type { FilePlaces } from "../featurestore/index.ts";
import type { Tondo } from "../open.ts";
import type { OpenOptions } from "../open-options.ts";
import { type Options, type ParsedArguments, usageError } from "./arguments/index.ts";
import type { CommandContext } from "./command.ts";
import { onlineOf, onlineOption } from "./online-options.ts";
import { s3Of } from "./s3-options.ts";

/** Which folder of definitions. */
export const folderOption: Options = {
  folder: {
    value: "DIR",
    help: "the project: the folder with the .tondo files; all other paths are relative to it",
    default: "the working folder",
    short: "C",
  },
};

/** Where the functions of the project's own are. */
export const functionsOption: Options = {
  functions: {
    value: "FILE",
    help: "exports the project's own functions, as made by defineFunction; its code is run",
    default: "tondo.functions.ts, .js or .mjs in the folder, where there is one",
  },
};

/** The options of commands that open a project. */
export const projectOptions: Options = {
  ...folderOption,
  home: { value: "DIR", help: "where Tondo keeps what it makes", default: ".tondo in the folder" },
  database: {
    value: "URL",
    help: "catalog and registry: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
    default: "the environment's TONDO_DATABASE, else SQLite in the home",
  },
  ...onlineOption,
};

/** The options of commands that read databases that sources stand in. */
export const sourceDatabaseOptions: Options = {
  "source-database": {
    value: "[NAME=]URL",
    help: "where tables of sources are: postgres://USER:PASSWORD@HOST/NAME; with a name for tables that say one",
    default: "the environment's TONDO_SOURCE_DATABASE, TONDO_SOURCE_DATABASE_NAME for others",
    many: true,
  },
};

/** The databases that {@link sourceDatabaseOptions} and the environment give, by name; what is given here counts. */
export function sourceDatabasesOf({
  args,
  terminal,
}: Pick<CommandContext, "args" | "terminal">): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const [variable, url = ""] of Object.entries(terminal.environment)) {
    const [, name] = /^TONDO_SOURCE_DATABASE(?:_(\w+))?$/.exec(variable) ?? [null];
    if (name !== null && url !== "") found.set(name?.toLowerCase() ?? "default", url);
  }
  for (const given of args.list("source-database")) {
    const [, name = "default", url = ""] = /^(?:([^:=/]+)=)?(.*)$/s.exec(given) ?? [];
    found.set(name, url);
  }
  return Object.fromEntries(found);
}

/** The options of commands that work with DuckDB for long. */
export const engineOptions: Options = {
  memory: { value: "SIZE", help: "what the process may hold in memory, such as 4GB", default: "2GB" },
  threads: { value: "N", help: "threads of DuckDB", default: "one a core, 8 at most, fewer where memory is short" },
  "spill-folder": { value: "DIR", help: "where what memory does not hold is written", default: "beside what is made" },
  "spill-limit": { value: "SIZE", help: "how much may be written there", default: "20GB" },
};

/** The project's folder, absolute. @throws TondoError `IO_FAILED` where there is none */
export function folderOf({ args, terminal }: Pick<CommandContext, "args" | "terminal">): string {
  const folder = resolve(terminal.folder, args.text("folder") ?? ".");
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  throw new TondoError("IO_FAILED", `there is no folder "${folder}"`, {
    hint: "Give the project's folder with --folder, or make one with `tondo init`.",
  });
}

/** What {@link engineOptions} say. */
export function engineOf(context: Pick<CommandContext, "args" | "terminal">): NonNullable<OpenOptions["engine"]> {
  const { args } = context;
  const memory = sizeOf(args, "memory");
  const threads = args.integer("threads", 1);
  const spillFolder = args.text("spill-folder");
  const spillLimit = sizeOf(args, "spill-limit");
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(threads === undefined ? {} : { threads }),
    ...(spillFolder === undefined ? {} : { spillFolder: resolve(folderOf(context), spillFolder) }),
    ...(spillLimit === undefined ? {} : { spillLimit }),
  };
}

function sizeOf(args: ParsedArguments, name: string): string | undefined {
  const text = args.text(name);
  if (text !== undefined && parseBytes(text) === undefined)
    throw usageError(`--${name}: "${text}" is not a size`, "Write it as 512MB or 4GB.");
  return text;
}

/** What the engine is opened with, the functions of the project's own among it. @throws TondoError `FUNCTIONS_INVALID`, `IO_FAILED` */
export async function withFunctions(
  context: Pick<CommandContext, "args" | "terminal">,
  engine: NonNullable<OpenOptions["engine"]> = {},
): Promise<NonNullable<OpenOptions["engine"]>> {
  const { loadFunctions } = await import("../featurestore/index.ts");
  const { functions } = await loadFunctions(folderOf(context), context.args.text("functions"));
  return { ...engine, functions };
}

/** How long commands wait for an online store that answers later, milliseconds: people wait longer than services. */
const commandDeadlineMs = 30_000;

/**
 * Opens the project. For `"reading"` nothing is made: where there is no database yet the commands see an empty one.
 * Loaded here and not at the top, so that `tondo --help` loads no driver.
 */
export async function openProject(
  context: Pick<CommandContext, "args" | "terminal">,
  purpose: "reading" | "writing",
  engine: OpenOptions["engine"] = {},
  places: Pick<OpenOptions, "sources" | "s3" | "events"> = {},
): Promise<Tondo> {
  const folder = folderOf(context);
  const home = resolve(folder, context.args.text("home") ?? ".tondo");
  const url = databaseUrl(context, folder, home, purpose);
  const online = await onlineOf(context);
  const { open } = await import("../open.ts");
  const reading = { deadlineMs: commandDeadlineMs };
  return open({ folder, home, database: { url }, engine, reading, ...online, ...places });
}

/** Where the paths of sources lead, for commands that open no home; what lies in S3 is copied to where `openProject` would copy it. */
export async function placesOf(context: Pick<CommandContext, "args" | "terminal">): Promise<FilePlaces> {
  const folder = folderOf(context);
  const { s3Files } = await import("../featurestore/index.ts");
  return { folder, remote: s3Files({ cacheFolder: resolve(folder, ".tondo/cache/s3"), ...s3Of(context) }) };
}

function databaseUrl(
  { args, terminal }: Pick<CommandContext, "args" | "terminal">,
  folder: string,
  home: string,
  purpose: "reading" | "writing",
): string {
  const given = args.text("database") ?? (terminal.environment["TONDO_DATABASE"] || undefined);
  const inFolder = given?.startsWith("sqlite:") === true && given !== "sqlite::memory:";
  const url = inFolder ? `sqlite:${resolve(folder, given.slice("sqlite:".length))}` : given;
  const path = url === undefined ? join(home, "tondo.db") : inFolder ? url.slice("sqlite:".length) : undefined;
  if (purpose === "reading" && path !== undefined && !existsSync(path)) return "sqlite::memory:";
  return url ?? `sqlite:${join(home, "tondo.db")}`;
}
