import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { type Json, sha256 } from "../core/index.ts";
import type { Columns, Trainer } from "../training/index.ts";
import { meant, type Options, type ParsedArguments, usageError } from "./arguments/index.ts";

const builtIn = ["linear", "logistic"] as const;

/** The largest file among a program's arguments that is hashed into its version. */
const maxHashedBytes = 64 * 2 ** 20;

/** The options that say what trains. */
export const trainerOptions: Options = {
  trainer: { value: "NAME", help: "linear (a number) or logistic (a probability)" },
  ridge: { value: "X", help: "the ridge of linear and logistic", default: "1" },
  parameter: { value: "NAME=JSON", help: "another parameter of the trainer, such as maxSteps=200", many: true },
  "trainer-command": { value: "PROGRAM", help: "instead of --trainer: a program that trains, started without a shell" },
  "trainer-arg": {
    value: "ARG",
    help: "an argument of the program; one that names a file of the folder is made absolute",
    many: true,
  },
  "trainer-name": { value: "NAME", help: "what it is recorded as", default: "the program's name" },
  "trainer-version": { value: "TEXT", help: "its version", default: "a hash of its arguments and the files they name" },
  "trainer-env": { value: "NAME", help: "a variable that it sees, besides PATH", many: true },
  timeout: { value: "SECONDS", help: "how long it may take for each model", default: "3600" },
};

/** The trainer that the options name. @throws TondoError `USAGE` */
export async function chooseTrainer(
  args: ParsedArguments,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Trainer> {
  const name = args.text("trainer");
  const command = args.text("trainer-command");
  if (command !== undefined) {
    if (name !== undefined) throw usageError("--trainer and --trainer-command are given both", "Give one.");
    return outsideTrainer(args, command, folder, environment);
  }
  if (name === undefined) {
    throw usageError(
      "--trainer is missing: what trains",
      `Give --trainer ${builtIn.join(" or ")}, or --trainer-command.`,
    );
  }
  const { linearTrainer, logisticTrainer } = await import("../training/index.ts");
  if (name === "linear") return linearTrainer;
  if (name === "logistic") return logisticTrainer;
  throw usageError(`there is no trainer "${name}"`, meant(name, builtIn, `Built in are ${builtIn.join(" and ")}.`));
}

/** The parameters that `--ridge` and `--parameter` give. @throws TondoError `USAGE` */
export function trainerParameters(args: ParsedArguments): Readonly<Record<string, Json>> {
  const ridge = args.number("ridge", 0);
  const given = args.list("parameter").map((text): readonly [string, Json] => {
    const equals = text.indexOf("=");
    if (equals <= 0) throw usageError(`--parameter: "${text}" is not of the form NAME=JSON`);
    try {
      return [text.slice(0, equals), JSON.parse(text.slice(equals + 1)) as Json];
    } catch {
      throw usageError(
        `--parameter: "${text.slice(equals + 1)}" is no JSON`,
        `Texts need quotes: --parameter 'name="text"'.`,
      );
    }
  });
  return { ...Object.fromEntries(given), ...(ridge === undefined ? {} : { ridge }) };
}

/** `--level country=country_column`, or `--level city` where the column has the level's name. @throws TondoError `USAGE` */
export function levelArguments(args: ParsedArguments): readonly { readonly level: string; readonly column: string }[] {
  return args.list("level").map((text) => {
    const [level = "", column = level, more] = text.split("=");
    if (level !== "" && column !== "" && more === undefined) return { level, column };
    throw usageError(`--level: "${text}" is not of the form LEVEL=COLUMN`, "Such as --level country=country_code.");
  });
}

async function outsideTrainer(
  args: ParsedArguments,
  command: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Trainer> {
  const given = [command.includes("/") ? resolve(folder, command) : command, ...args.list("trainer-arg")];
  const hashes: string[] = [];
  const resolved: string[] = [];
  for (const [i, text] of given.entries()) {
    const path = resolve(folder, text);
    // A bare program name is looked up on the PATH, also where the folder holds something of that name.
    const found = i === 0 && !command.includes("/") ? undefined : await stat(path).catch(() => undefined);
    const isFile = found?.isFile() === true;
    resolved.push(isFile ? path : text);
    hashes.push(isFile && found.size <= maxHashedBytes ? sha256(await readFile(path)) : text);
  }
  const [program = command, ...programArgs] = resolved;
  const variables = ["PATH", ...args.names("trainer-env")].flatMap((name): [string, string][] => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  const seconds = args.number("timeout", 1);
  const { processTrainer } = await import("../training/index.ts");
  return processTrainer({
    name: args.text("trainer-name") ?? basename(command),
    version: args.text("trainer-version") ?? sha256(JSON.stringify(hashes)).slice(0, 12),
    command: program,
    args: programArgs,
    writeParquet,
    environment: Object.fromEntries(variables),
    ...(seconds === undefined ? {} : { limits: { timeoutMs: seconds * 1000 } }),
  });
}

async function writeParquet(columns: Columns, path: string): Promise<void> {
  const { writeColumns } = await import("../featurestore/index.ts");
  await writeColumns(
    path,
    columns.names.map((name) => ({ name, kind: "float", values: columns.column(name) })),
  );
}
