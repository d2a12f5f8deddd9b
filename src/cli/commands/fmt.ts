import { usageError } from "../arguments/index.ts";
import type { Command, CommandContext, CommandResult } from "../command.ts";
import type { FormattedFile } from "../format/index.ts";
import { counted, type Style } from "../output/index.ts";
import { folderOf, folderOption } from "../project.ts";

/** `tondo fmt`: one form for all definitions. */
export const fmtCommand: Command = {
  name: "fmt",
  summary: "bring .tondo files into their one form",
  about:
    "Rewrites the files in place: white space, line ends, brackets and backticks that say nothing. Words, comments and their order " +
    "stay, and so does what the definitions mean. A file with an error of syntax is shown and left as it is; the others are formatted.",
  synopsis: ["[PATH...] [--check] [--folder DIR]", "--stdin [--check]"],
  positionals: [
    {
      name: "PATH",
      help: "files, and folders with .tondo files in them or below (default: the folder)",
      optional: true,
      many: true,
    },
  ],
  options: {
    check: { help: "write nothing; exit with 1 and list the files that would change" },
    stdin: { help: "format standard input to standard output" },
    ...folderOption,
  },
  examples: ["tondo fmt", "tondo fmt --check features.tondo", "tondo fmt --stdin < features.tondo"],
  exits: { 1: "a file has an error, cannot be read or written, or, with --check, would change" },
  async run(context) {
    if (context.args.flag("stdin")) return fromInput(context);
    const { definitionFiles, formatFile } = await import("../format/index.ts");
    const check = context.args.flag("check");
    const paths = context.args.rest("PATH");
    const files = await definitionFiles(paths.length === 0 ? ["."] : paths, folderOf(context));
    const results: FormattedFile[] = [];
    for (const file of files) {
      context.terminal.signal.throwIfAborted();
      results.push(await formatFile(file, check));
    }
    return resultOf(results, check, context.style);
  },
};

async function fromInput({ args, terminal }: CommandContext): Promise<CommandResult> {
  if (args.rest("PATH").length > 0) throw usageError("--stdin takes no PATH", "Leave one of the two out.");
  const { formatInput } = await import("../format/index.ts");
  const { text, changed } = formatInput(await terminal.input());
  const check = args.flag("check");
  return {
    text: check ? (changed ? "standard input would change" : "standard input is formatted") : text,
    ...(check ? {} : { verbatim: true }),
    json: { changed, ...(check ? {} : { text }) },
    exitCode: check && changed ? 1 : 0,
  };
}

function resultOf(results: readonly FormattedFile[], check: boolean, style: Style): CommandResult {
  const of = (outcome: FormattedFile["outcome"]): readonly FormattedFile[] =>
    results.filter((result) => result.outcome === outcome);
  const [changed, failed] = [of("changed"), of("failed")];
  const parts = [
    ...(changed.length === 0 ? [] : [`${counted(changed.length, "file")} ${check ? "would change" : "formatted"}`]),
    ...(failed.length === 0 ? [] : [style.red(`${counted(failed.length, "file")} with errors`)]),
    ...(changed.length + failed.length === results.length ? [] : [`${String(of("unchanged").length)} unchanged`]),
  ];
  const sections = [...failed.map(({ rendered }) => rendered), changed.map(({ path }) => path).join("\n")];
  return {
    text: [...sections.filter((section) => section !== ""), parts.join(", ")].join("\n\n"),
    json: {
      ok: failed.length === 0 && !(check && changed.length > 0),
      check,
      changed: changed.map(({ path }) => path),
      unchanged: of("unchanged").map(({ path }) => path),
      failed: failed.map(({ path }) => path),
      diagnostics: failed.flatMap(({ diagnostics }) => diagnostics),
    },
    exitCode: failed.length > 0 || (check && changed.length > 0) ? 1 : 0,
  };
}
