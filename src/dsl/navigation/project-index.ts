import type { ParsedProject } from "../semantic/index.ts";
import { type Declared, declare, type Known } from "./declared.ts";
import type { Occurrence } from "./named.ts";
import { occurrencesOf } from "./occurrences.ts";

/** What the names of a project stand for, by place. */
export interface ProjectIndex {
  readonly declared: Declared;
  /** By file, in the order of the text. */
  readonly occurrences: ReadonlyMap<string, readonly Occurrence[]>;
}

/** Finds out what the names of a project stand for; those of declarations with an error of syntax stand for nothing. */
export function indexProject(project: ParsedProject, known: Known): ProjectIndex {
  const declared = declare(project, known);
  const occurrences = Map.groupBy(occurrencesOf(project, declared), ({ span }) => span.file);
  for (const list of occurrences.values()) list.sort((a, b) => a.span.start - b.span.start);
  return { declared, occurrences };
}

/** The name at a place, or directly before it; names do not overlap. */
export function occurrenceAt(index: ProjectIndex, file: string, offset: number): Occurrence | undefined {
  const list = index.occurrences.get(file) ?? [];
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.span.start ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  const found = list[low - 1];
  return found !== undefined && offset <= found.span.end ? found : undefined;
}
