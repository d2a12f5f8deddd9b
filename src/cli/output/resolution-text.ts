import { formatPath, type PartitionPath, type SkippedNode } from "../../registry/index.ts";
import { printable } from "./style.ts";

/** What a resolution says of itself. */
export interface Answered {
  readonly level: string;
  readonly path: PartitionPath;
  readonly skipped: readonly SkippedNode[];
}

/** A node's level and path for people: `city FR/Lyon`, `global`. */
export function nodeText(level: string, path: PartitionPath): string {
  return path.length === 0 ? level : `${level} ${printable(formatPath(path))}`;
}

/** Which node answered, and a line for each below it that did not: for {@link pairs}. */
export function answeredPairs({ level, path, skipped }: Answered): readonly (readonly [string, string])[] {
  return [
    ["answered by", nodeText(level, path)],
    ...skipped.map(({ message }, i): readonly [string, string] => [i === 0 ? "and not" : "", printable(message)]),
  ];
}
