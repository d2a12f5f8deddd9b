import { type Micros, TondoError } from "../../core/index.ts";
import { parseValue } from "./parse-value.ts";
import type { ParsedArguments } from "./parsed-arguments.ts";
import { usageError } from "./usage-error.ts";

const form = "Write a number with its unit, such as 500ms, 90s or 2h.";

/**
 * The duration that an option gives, if it does: microseconds, not negative.
 *
 * @throws TondoError `USAGE` where it is none
 */
export function durationArgument(args: ParsedArguments, name: string): Micros | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  let micros;
  try {
    micros = parseValue(text, "duration", `--${name}`, "INPUT_INVALID");
  } catch (error) {
    if (error instanceof TondoError) throw usageError(error.message, form);
    throw error;
  }
  if (typeof micros === "number" && micros >= 0) return micros;
  throw usageError(`--${name}: "${text}" is no time to wait`, form);
}
