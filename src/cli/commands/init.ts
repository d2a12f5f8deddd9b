import { relative, resolve } from "node:path";
import { meant, usageError } from "../arguments/index.ts";
import type { Command } from "../command.ts";
import { counted } from "../output/index.ts";
import { examples, makeExample } from "../init/index.ts";

/** `tondo init`: a small project to begin with. */
export const initCommand: Command = {
  name: "init",
  summary: "make a small example project with data",
  about:
    "Writes a project into the folder: definitions, generated data of 60 days, and rows to train on. The data are the same every " +
    "time. Nothing is overwritten: where a file is there already, nothing is written at all.",
  synopsis: ["[DIR] [--example orders]"],
  positionals: [
    { name: "DIR", help: "the folder, made where it is missing (default: the working folder)", optional: true },
  ],
  options: {
    example: { value: "NAME", help: `which example: ${Object.keys(examples).join(", ")}`, default: "orders" },
  },
  examples: ["tondo init --example orders orders"],
  async run({ args, terminal, progress }) {
    const name = args.text("example") ?? "orders";
    const names = Object.keys(examples);
    const example = Object.hasOwn(examples, name) ? examples[name] : undefined;
    if (example === undefined) {
      throw usageError(`there is no example "${name}"`, meant(name, names, `There is ${names.join(", ")}.`));
    }
    const folder = resolve(terminal.folder, args.optional("DIR") ?? ".");
    progress.start(`making the example ${name}`);
    const files = await makeExample(example, folder);
    progress.finish(counted(files.length, "file"));
    const where = relative(terminal.folder, folder) || ".";
    const lines = files.map(
      ({ path, about }) => `  ${path.padEnd(Math.max(...files.map((file) => file.path.length)))}  ${about}`,
    );
    const next = where === "." ? "tondo check" : `cd ${shellWord(where)} && tondo check`;
    return {
      text: `made ${where}\n\n${lines.join("\n")}\n\nNext: ${next}`,
      json: { folder, example: name, files },
    };
  },
};

/** A path as a shell takes it. */
function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
