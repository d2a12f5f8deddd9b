import type { Option } from "./arguments/index.ts";
import type { Command } from "./command.ts";
import { pairs, type Style } from "./output/index.ts";

/** What every command takes. */
export const commonOptions: Readonly<Record<string, Option>> = {
  json: { help: "print the result, or the error, as one JSON object on the last line of standard output" },
  quiet: { help: "no progress on standard error", short: "q" },
  help: { help: "print this", short: "h" },
};

/** The exit codes of every command. */
export const commonExits: Readonly<Record<number, string>> = {
  0: "all is well",
  1: "it failed; the error says why",
  2: "the command line is wrong",
  130: "interrupted by Ctrl-C; nothing half-made is left",
};

/** `tondo COMMAND --help`. */
export function helpText(command: Command, style: Style): string {
  const { name, about, synopsis, positionals, options, examples, exits = {} } = command;
  const title = (text: string): string => style.bold(text);
  const sections = [
    `${title("Usage")}\n${synopsis.map((line) => `  tondo ${`${name} ${line}`.trim()}`).join("\n")}`,
    wrap(about),
    ...(positionals.length === 0
      ? []
      : [`${title("Arguments")}\n${describe(positionals.map(({ name: argument, help }) => [argument, help]))}`]),
    `${title("Options")}\n${describe(Object.entries({ ...options, ...commonOptions }).map(optionLine))}`,
    `${title(examples.length === 1 ? "Example" : "Examples")}\n${examples.map((line) => `  $ ${line}`).join("\n")}`,
    `${title("Exit codes")}\n${describe(Object.entries({ ...commonExits, ...exits }))}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

/** `tondo --help`. */
export function overviewText(commands: readonly Command[], style: Style): string {
  return [
    "Tondo is a feature store and model registry: the value a model is trained on equals the value it is served.",
    `${style.bold("Usage")}\n  tondo COMMAND [options]`,
    `${style.bold("Commands")}\n${pairs(
      commands.map(({ name, summary }) => [name, summary]),
      "  ",
    )}`,
    `\`tondo COMMAND --help\` says more of each. A first project: \`tondo init --example orders orders\`.\n`,
  ].join("\n\n");
}

function optionLine([name, { value, help, default: otherwise, required, many, short }]: [string, Option]): [
  string,
  string,
] {
  const notes = [
    ...(required === true ? ["required"] : []),
    ...(many === true ? ["may be repeated"] : []),
    ...(otherwise === undefined ? [] : [`default: ${otherwise}`]),
  ];
  const left = `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
  return [left, notes.length === 0 ? help : `${help} (${notes.join("; ")})`];
}

const width = 100;
const indent = 2;
const maxLeft = 28;

function describe(rows: readonly (readonly [string, string])[]): string {
  const left = Math.min(maxLeft, Math.max(...rows.map(([name]) => name.length)));
  return rows
    .map(([name, help]) => {
      const [first = "", ...more] = wrapTo(help, width - left - indent - 2);
      const start = name.length > left ? [name, `${" ".repeat(left)}  ${first}`] : [`${name.padEnd(left)}  ${first}`];
      return [...start, ...more.map((line) => `${" ".repeat(left)}  ${line}`)].map((line) => `  ${line}`).join("\n");
    })
    .join("\n");
}

function wrap(text: string): string {
  return text
    .split("\n\n")
    .map((paragraph) => wrapTo(paragraph.replaceAll("\n", " "), width).join("\n"))
    .join("\n\n");
}

function wrapTo(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
