import type { Options } from "./option.ts";
import type { ParsedArguments } from "./parsed-arguments.ts";
import { usageError } from "./usage-error.ts";

/** The two options that name a node of a model's hierarchy: by one path, or part by part. */
export function partitionOptions(name: string, help: string): Options {
  return {
    [name]: { value: "A/B/C", help },
    [`${name}-part`]: {
      value: "A",
      help: `one name of the path, for names that hold a "/"; repeat it from the top down`,
      many: true,
    },
  };
}

/**
 * The path that `--NAME A/B/C` or repeated `--NAME-part A` give, `undefined` where neither was given; `/` is the global node.
 *
 * @throws TondoError `USAGE`
 */
export function partitionArgument(args: ParsedArguments, name: string): readonly string[] | undefined {
  const whole = args.text(name);
  const parts = args.list(`${name}-part`);
  if (whole !== undefined && parts.length > 0) {
    throw usageError(`--${name} and --${name}-part are given both`, "Give the path in one way.");
  }
  if (whole === undefined) return parts.length === 0 ? undefined : parts;
  if (whole === "/") return [];
  const names = whole.split("/");
  if (!names.includes("")) return names;
  throw usageError(
    `--${name}: "${whole}" has an empty name`,
    `Write it as country/state/city; give names that hold a "/" with --${name}-part, one each.`,
  );
}
