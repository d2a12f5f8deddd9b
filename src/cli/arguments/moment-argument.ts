import { type Micros, TondoError, toMicros } from "../../core/index.ts";
import type { ParsedArguments } from "./parsed-arguments.ts";
import { usageError } from "./usage-error.ts";

/**
 * The moment that an option gives, if it does.
 *
 * @throws TondoError `USAGE` where it is none
 */
export function momentArgument(args: ParsedArguments, name: string): Micros | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  try {
    return toMicros(text, `--${name}`);
  } catch (error) {
    if (error instanceof TondoError) throw usageError(error.message, error.hint);
    throw error;
  }
}
