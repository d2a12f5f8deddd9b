import { type Micros, TondoError } from "../../core/index.ts";
import { momentArgument } from "./moment-argument.ts";
import type { Option } from "./option.ts";
import type { ParsedArguments } from "./parsed-arguments.ts";

/** `--at` of commands that ask the online store. */
export const askedMomentOption: Option = {
  value: "MOMENT",
  help:
    "ISO 8601 with its offset, such as 2024-03-01T12:00:00Z; or `loaded`, the moment that the groups asked for were " +
    "materialized as of",
  default: "now",
};

/**
 * Asks the online store at the moment that `--at` gives; `loaded` is looked up.
 *
 * @throws TondoError `USAGE`, and what the look-up and the question throw; `MOMENT_NOT_SERVED` says how `loaded` is said
 */
export async function askAtMoment<T>(
  args: ParsedArguments,
  loaded: () => Promise<Micros>,
  ask: (options: { readonly at?: bigint }) => Promise<T>,
): Promise<T> {
  const at = args.text("at") === "loaded" ? await loaded() : momentArgument(args, "at");
  try {
    return await ask(at === undefined ? {} : { at: BigInt(at) });
  } catch (error) {
    if (!(error instanceof TondoError) || error.code !== "MOMENT_NOT_SERVED") throw error;
    const { message, hint = "", details, where } = error;
    throw new TondoError("MOMENT_NOT_SERVED", message, {
      hint: `${hint} On the command line: --at loaded.`.trimStart(),
      details,
      ...(where === undefined ? {} : { where }),
      cause: error,
    });
  }
}
