import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { TondoError, writeFileAtomic } from "../../core/index.ts";
import { usageError } from "../arguments/index.ts";
import type { Command } from "../command.ts";
import { folderOf, folderOption, functionsOption, placesOf, withFunctions } from "../project.ts";
import { s3Options } from "../s3-options.ts";

const defaultFile = "tondo.d.ts";

/** `tondo types`: names that the compiler knows. */
export const typesCommand: Command = {
  name: "types",
  summary: "write TypeScript types of the definitions",
  about:
    "Writes one file with the types of the project's entities, features and vectors. Once it is part of a program, `open()` knows them: a wrong " +
    "feature name, entity, key, input, vector or label fails compilation, values have their types, and docs show in the editor. " +
    'It says so by `declare module "tondo"`; a program with several projects leaves that out by --no-register and writes open<TondoProject>().\n\n' +
    "The same definitions give the same file; one that is right is not touched.",
  synopsis: ["[--out FILE] [--check] [--no-register] [--folder DIR]", "--stdout [--no-register] [--folder DIR]"],
  positionals: [],
  options: {
    out: { value: "FILE", help: "the file, relative to the folder", default: defaultFile },
    check: { help: "write nothing; exit with 1 where the file is not what would be written" },
    stdout: { help: "print the types and write nothing" },
    "no-register": { help: "leave out `declare module`: the project is known to open<TondoProject>() only" },
    ...folderOption,
    ...s3Options,
    ...functionsOption,
  },
  examples: ["tondo types", "tondo types --out src/tondo.d.ts", "tondo types --check"],
  exits: { 1: "the definitions have errors, or, with --check, the file is missing or out of date" },
  async run(context) {
    const { args } = context;
    const [check, print] = [args.flag("check"), args.flag("stdout")];
    if (print && (check || args.text("out") !== undefined))
      throw usageError("--stdout goes with neither --out nor --check", "Leave one of them out.");
    const folder = folderOf(context);
    const { loadProject } = await import("../../featurestore/index.ts");
    const { projectTypesText } = await import("../../dsl/index.ts");
    const text = projectTypesText(
      await loadProject(await placesOf(context), await withFunctions(context)),
      args.flag("no-register") ? { register: false } : {},
    );
    if (print) return { text, verbatim: true, json: { text } };
    const file = args.text("out") ?? defaultFile;
    const path = resolve(folder, file);
    if (!/\.[cm]?ts$/.test(file)) {
      throw usageError(`--out: "${file}" is no TypeScript file`, `Name it like ${defaultFile}.`);
    }
    const changed = (await textOf(path)) !== text;
    if (check) {
      return {
        text: changed ? `${file} is out of date: run \`tondo types\`` : `${file} is up to date`,
        json: { path, changed },
        exitCode: changed ? 1 : 0,
      };
    }
    if (changed) await writeFileAtomic(path, text);
    return { text: changed ? `wrote ${file}` : `${file} is up to date`, json: { path, changed } };
  },
};

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new TondoError("IO_FAILED", `"${path}" cannot be read`, {
      hint: "Name another file with --out.",
      cause: error,
    });
  }
}
