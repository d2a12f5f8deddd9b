import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import type { Options, Positional } from "./option.ts";
import { ParsedArguments } from "./parsed-arguments.ts";
import { meant, usageError } from "./usage-error.ts";

/**
 * Parses what follows a command's name.
 *
 * @throws TondoError `USAGE` for an unknown option, one without its value or given twice, a missing or a superfluous argument
 */
export function parseArguments(
  args: readonly string[],
  options: Options,
  positionals: readonly Positional[],
): ParsedArguments {
  const values = new Map<string, string[]>();
  const given: string[] = [];
  const { tokens } = parseArgs({
    args: [...args],
    options: configOf(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") given.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) {
      const known = Object.keys(options).map((one) => `--${one}`);
      throw usageError(`there is no option ${rawName}`, meant(rawName, known, "`--help` lists the options."));
    }
    if (option.value === undefined && value !== undefined) throw usageError(`${rawName} takes no value`);
    if (option.value !== undefined) {
      const swallowed = inlineValue === false && value.startsWith("--");
      if (value === undefined || swallowed) {
        throw usageError(
          `${rawName} needs a value: ${rawName} ${option.value}`,
          swallowed ? `If the value really is "${value}", write ${rawName}=${value}.` : undefined,
        );
      }
    }
    const before = values.get(name);
    if (before !== undefined && option.many !== true && option.value !== undefined)
      throw usageError(`${rawName} is given twice`);
    values.set(name, [...(before ?? []), value ?? ""]);
  }
  // Who asks for help need not know yet what else to say.
  if (!values.has("help")) checkComplete(values, options, given, positionals);
  return new ParsedArguments(options, values, positionals, given);
}

function checkComplete(
  values: ReadonlyMap<string, readonly string[]>,
  options: Options,
  given: readonly string[],
  positionals: readonly Positional[],
): void {
  const help = "`--help` shows an example.";
  const missing = positionals.find(({ optional }, i) => optional !== true && i >= given.length);
  if (missing !== undefined) throw usageError(`${missing.name} is missing: ${missing.help}`, help);
  const extra = given[positionals.length];
  if (extra !== undefined && positionals.at(-1)?.many !== true) {
    throw usageError(`"${extra}" is one argument too many`, `Quote an argument that holds spaces; ${help}`);
  }
  for (const [name, { required, value = "", help: meaning }] of Object.entries(options)) {
    if (required === true && !values.has(name)) throw usageError(`--${name} ${value} is missing: ${meaning}`, help);
  }
}

function configOf(options: Options): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value, short }]) => [
      name,
      {
        type: value === undefined ? ("boolean" as const) : ("string" as const),
        multiple: true,
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
}
