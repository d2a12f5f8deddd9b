import type { Progress } from "../core/index.ts";
import type { Options, ParsedArguments, Positional } from "./arguments/index.ts";
import type { Style } from "./output/index.ts";
import type { Terminal } from "./terminal.ts";

/** What a command is given. */
export interface CommandContext {
  readonly args: ParsedArguments;
  readonly terminal: Terminal;
  /** Colours for the text, where standard output takes them. */
  readonly style: Style;
  /** Draws on standard error. */
  readonly progress: Progress;
}

/** What came of a command: the same for people and for programs. */
export interface CommandResult {
  readonly text: string;
  /** Whether the text is a file's: then it is printed to the letter, and otherwise as a line or more, without signs that a terminal obeys. */
  readonly verbatim?: true;
  /** One object, printed with `--json` instead of the text. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Default 0. */
  readonly exitCode?: number;
}

/** A command of `tondo`. */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What it does, in some sentences; paragraphs separated by an empty line. */
  readonly about: string;
  /** Ways to call it, without `tondo` and the command's name. */
  readonly synopsis: readonly string[];
  readonly positionals: readonly Positional[];
  /** Its own options; `--help`, `--json` and `--quiet` are everybody's. */
  readonly options: Options;
  readonly examples: readonly string[];
  /** What exit codes mean beside 0, 1 and 2. */
  readonly exits?: Readonly<Record<number, string>>;
  run(context: CommandContext): Promise<CommandResult>;
}
