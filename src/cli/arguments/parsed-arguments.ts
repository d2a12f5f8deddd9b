import type { Option, Options, Positional } from "./option.ts";
import { usageError } from "./usage-error.ts";

/** A command's arguments as given, read by name. Asking for what the command does not declare is a defect of the command. */
export class ParsedArguments {
  readonly #options: Options;
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #positionals: readonly Positional[];
  readonly #given: readonly string[];

  constructor(
    options: Options,
    values: ReadonlyMap<string, readonly string[]>,
    positionals: readonly Positional[],
    given: readonly string[],
  ) {
    this.#options = options;
    this.#values = values;
    this.#positionals = positionals;
    this.#given = given;
  }

  /** Whether a switch was given. */
  flag(name: string): boolean {
    this.#declared(name);
    return this.#values.has(name);
  }

  /** An option's value, if it was given. */
  text(name: string): string | undefined {
    this.#declared(name);
    return this.#values.get(name)?.[0];
  }

  /** The value of an option that was declared as required. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new RangeError(`--${name} is not required`);
    return value;
  }

  /** All values of an option that may be given more than once. */
  list(name: string): readonly string[] {
    this.#declared(name);
    return this.#values.get(name) ?? [];
  }

  /** Values that may be joined by commas too: `--carry city,country`. */
  names(name: string): readonly string[] {
    return this.list(name)
      .flatMap((value) => value.split(","))
      .map((value) => value.trim())
      .filter((value) => value !== "");
  }

  /** A number that is at least `least`. */
  number(name: string, least: number): number | undefined {
    return this.#numeric(name, "a number", (value) => Number.isFinite(value) && value >= least, least);
  }

  /** A whole number that is at least `least`. */
  integer(name: string, least: number): number | undefined {
    return this.#numeric(name, "a whole number", (value) => Number.isSafeInteger(value) && value >= least, least);
  }

  /** The argument of that name; for an optional one, `undefined` where it was not given. */
  optional(name: string): string | undefined {
    const at = this.#positionals.findIndex((positional) => positional.name === name);
    if (at < 0) throw new RangeError(`the argument ${name} is not declared`);
    return this.#given[at];
  }

  /** The argument of that name. */
  argument(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw new RangeError(`the argument ${name} is optional`);
    return value;
  }

  /** All arguments from the one of that name on. */
  rest(name: string): readonly string[] {
    return this.#given.slice(this.#positionals.findIndex((positional) => positional.name === name));
  }

  #numeric(name: string, what: string, fits: (value: number) => boolean, least: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (fits(value)) return value;
    throw usageError(`--${name}: "${text}" is not ${what} of at least ${String(least)}`);
  }

  #declared(name: string): Option {
    const option = Object.hasOwn(this.#options, name) ? this.#options[name] : undefined;
    if (option === undefined) throw new RangeError(`the option --${name} is not declared`);
    return option;
  }
}
