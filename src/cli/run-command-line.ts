import { TondoError } from "../core/index.ts";
import { meant, parseArguments, usageError } from "./arguments/index.ts";
import type { Command } from "./command.ts";
import { commands } from "./commands/index.ts";
import { commonOptions, helpText, overviewText } from "./help-text.ts";
import {
  asTondoError,
  errorText,
  jsonLine,
  printable,
  printableWithColours,
  progressLines,
  styleOf,
} from "./output/index.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Runs `tondo` with these arguments (without program and script) and returns its exit code: 0 all is well, 1 failed, 2 wrong
 * usage, 130 interrupted, or what the command says. Nothing is thrown: errors are printed.
 */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  const style = styleOf(terminal.colours.err);
  try {
    return await dispatch(argv, terminal);
  } catch (thrown) {
    const error = terminal.signal.aborted
      ? new TondoError("ABORTED", "interrupted; nothing half-made is left", { cause: thrown })
      : asTondoError(thrown);
    if (wantsJson(argv)) terminal.out(jsonLine({ error: error.toJSON() }));
    else terminal.err(errorText(error, style));
    if (error.code === "ABORTED") return 130;
    return error.code === "USAGE" ? 2 : 1;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = argv;
  const style = styleOf(terminal.colours.out);
  const overview = (): number => {
    const list = commands.map(({ name, summary }) => ({ name, summary }));
    terminal.out(wantsJson(argv) ? jsonLine({ commands: list }) : overviewText(commands, style));
    return 0;
  };
  if (first === undefined || first === "--help" || first === "-h") return overview();
  if (first === "--version" || first === "-V") return dispatch(["version", ...rest], terminal);
  if (first === "help") {
    const [asked] = rest.filter((text) => !text.startsWith("-"));
    return asked === undefined
      ? overview()
      : dispatch([asked, "--help", ...rest.filter((text) => text !== asked)], terminal);
  }
  const command = commandNamed(first);
  const options = { ...command.options, ...commonOptions };
  const args = parseArguments(rest, options, command.positionals);
  if (args.flag("help")) {
    terminal.out(args.flag("json") ? jsonLine({ command: helpJson(command) }) : helpText(command, style));
    return 0;
  }
  const progress = progressLines({
    write: args.flag("quiet") ? () => undefined : terminal.err,
    live: terminal.live,
    columns: terminal.columns,
    style: styleOf(terminal.colours.err),
  });
  try {
    const { text, verbatim, json, exitCode = 0 } = await command.run({ args, terminal, style, progress });
    progress.close();
    const shown = verbatim ? text : `${terminal.colours.out ? printableWithColours(text) : printable(text)}\n`;
    terminal.out(args.flag("json") ? jsonLine(json) : shown);
    return exitCode;
  } finally {
    progress.close();
  }
}

function commandNamed(name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (command !== undefined) return command;
  const names = [...commands.map((one) => one.name), "help"];
  if (name.startsWith("-")) {
    throw usageError(
      `there is no option ${name} before the command`,
      "Write `tondo COMMAND [options]`; `tondo --help` lists the commands.",
    );
  }
  throw usageError(`there is no command "${name}"`, meant(name, names, "`tondo --help` lists the commands."));
}

function helpJson({ name, summary, about, synopsis, positionals, options, examples, exits }: Command): object {
  return { name, summary, about, synopsis, positionals, options: { ...options, ...commonOptions }, examples, exits };
}

/** Also where the arguments could not be parsed: what reads the output still wants JSON. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? undefined : end).includes("--json");
}
