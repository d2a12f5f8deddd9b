import { inspect } from "node:util";
import { TondoError } from "../core/index.ts";

/**
 * Where in a model's hierarchy: the names from below the top downwards, `["US", "CA", "San Francisco"]`; `[]` is the
 * global node. The whole path is the identity: two cities of one name are two nodes.
 */
export type PartitionPath = readonly string[];

const maxDepth = 16;
const maxBytes = 1024;

/**
 * The one text of a path that tables hold: a JSON array, so that no name can be mistaken for two.
 * @throws TondoError `PARTITION_INVALID` for more than 16 levels, 1,024 bytes, an empty or malformed name
 * @example `encodePath(["US", "a/b"]) // '["US","a/b"]'`
 */
export function encodePath(path: PartitionPath): string {
  if (!Array.isArray(path) || path.length > maxDepth)
    throw invalid(path, `it is not a list of at most ${String(maxDepth)} names`);
  for (const name of path) {
    if (typeof name !== "string" || name === "") throw invalid(path, "each name must be a text that is not empty");
    if (!name.isWellFormed()) throw invalid(path, "a name is not well-formed Unicode");
  }
  const text = JSON.stringify(path);
  if (Buffer.byteLength(text) > maxBytes) throw invalid(path, `it is longer than ${String(maxBytes)} bytes`);
  return text;
}

/** The path of an {@link encodePath encoded} one. */
export function decodePath(text: string): PartitionPath {
  return Object.freeze(JSON.parse(text) as string[]);
}

/** The path and everything above it, most specific first, `[]` last. */
export function pathAndAncestors(path: PartitionPath): readonly PartitionPath[] {
  return Array.from({ length: path.length + 1 }, (_, up) => path.slice(0, path.length - up));
}

/**
 * For people: `US/CA/San Francisco`, and `/` for the global node; names that hold a `/` are quoted.
 */
export function formatPath(path: PartitionPath): string {
  if (path.length === 0) return "/";
  return path.map((name) => (/[/"\p{Cc}]/u.test(name) ? JSON.stringify(name) : name)).join("/");
}

/**
 * The name of the level that a path belongs to.
 * @throws TondoError `PARTITION_INVALID` where the model has no level so deep
 */
export function levelOf(levels: readonly string[], path: PartitionPath): string {
  const level = levels[path.length];
  if (level !== undefined) return level;
  const most = levels.length - 1;
  throw new TondoError("PARTITION_INVALID", `the path ${formatPath(path)} is deeper than the model's levels`, {
    hint:
      `The levels are ${levels.join(", ")}: give at most ${String(most)} ${most === 1 ? "name" : "names"}. ` +
      'On the command line a name that holds a "/" is given by the option that ends in -part.',
    details: { path, levels },
  });
}

function invalid(path: unknown, why: string): TondoError {
  return new TondoError("PARTITION_INVALID", `not a partition path: ${why}`, {
    hint: 'Give the names from the top downwards, such as ["US", "CA", "San Francisco"], and [] for global.',
    details: { path: inspect(path).slice(0, 200) },
  });
}
