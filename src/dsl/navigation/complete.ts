import type { SourceFile } from "../../core/index.ts";
import { zoneNames } from "../functions/index.ts";
import type { Word } from "../syntax/index.ts";
import { type Candidate, quoted } from "./candidate.ts";
import { candidatesAt } from "./candidates.ts";
import type { NamedKind } from "./named.ts";
import type { ProjectIndex } from "./project-index.ts";
import { contextAt, isClosed } from "./text-context.ts";

/** A word that could stand at a place. */
export interface Completion {
  /** As people know it. */
  readonly label: string;
  readonly kind: NamedKind | "keyword" | "time zone";
  /** As it is written: in backticks where it must be. */
  readonly insert: string;
  /** The stretch that it takes the place of; within one line, the cursor in it or at its end. */
  readonly start: number;
  readonly end: number;
  readonly type?: string;
  readonly doc?: string;
  /** Smaller ones are more likely. */
  readonly rank: number;
}

/** Words that could stand at a place. */
export interface Completions {
  readonly items: readonly Completion[];
  /** Whether there are more, which further typing would show. */
  readonly cut: boolean;
}

/** As many as are worth looking through; all time zones go in. */
const maxItems = 700;

/**
 * What could stand at a place of a file, also where the file cannot be parsed at the moment. Only what the letters before the place
 * allow: they stand in its name in their order.
 */
export function completionsAt(index: ProjectIndex, file: SourceFile, offset: number): Completions {
  const context = contextAt(file.text, offset);
  if (context === undefined) return { items: [], cut: false };
  if (context.part.text) return zones(context.before, context.part, context.declaration, file.text, offset);
  const items: Completion[] = [];
  for (const candidate of candidatesAt(context, index)) {
    const start = sameLine(file.text, candidate.from ?? context.part.start, offset) ? candidate.from : undefined;
    if (candidate.from !== undefined && start === undefined) continue;
    const from = start ?? context.part.start;
    if (!holds(candidate.label, file.text.slice(from, offset))) continue;
    if (items.length >= maxItems) return { items, cut: true };
    items.push(completionOf(candidate, from, context.part.end));
  }
  return { items, cut: false };
}

/** What is part of the language: its words need no backticks. */
const plain: ReadonlySet<Completion["kind"]> = new Set([
  "keyword",
  "type",
  "function",
  "aggregate",
  "fitted function",
  "user function",
]);

function completionOf({ label, kind, insert, type, doc, rank }: Candidate, start: number, end: number): Completion {
  return {
    label,
    kind,
    insert: insert ?? (plain.has(kind) ? label : quoted(label)),
    start,
    end,
    ...(type === undefined ? {} : { type }),
    ...(doc === undefined ? {} : { doc }),
    rank,
  };
}

/** Whether the letters stand in a name in their order. */
function holds(name: string, letters: string): boolean {
  let at = 0;
  const lower = name.toLowerCase();
  for (const letter of letters.toLowerCase().replaceAll("`", "")) {
    at = lower.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

function sameLine(text: string, from: number, to: number): boolean {
  return !/[\r\n]/.test(text.slice(from, to));
}

/** The names of zones in `tz: "..."`. */
function zones(
  before: readonly Word[],
  part: { readonly start: number; readonly end: number },
  declaration: readonly Word[],
  text: string,
  offset: number,
): Completions {
  if (before.at(-1)?.image !== ":" || before.at(-2)?.name !== "tz") return { items: [], cut: false };
  const word = declaration.find(({ start }) => start === part.start);
  const closed = word !== undefined && isClosed(word);
  const start = part.start + 1;
  const typed = text.slice(start, offset);
  const items = [...zoneNames()]
    .filter((name) => holds(name, typed))
    .sort()
    .slice(0, maxItems)
    .map((name) => ({
      label: name,
      kind: "time zone" as const,
      insert: closed ? name : `${name}"`,
      start,
      end: closed ? part.end - 1 : offset,
      rank: 0,
    }));
  return { items, cut: false };
}
