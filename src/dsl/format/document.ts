/**
 * A text that may be laid out in several ways, after Wadler, "A prettier printer" (1998): a group stands on one line if
 * it fits, else all of its own lines are broken.
 */
export type Document = string | readonly Document[] | Group | Indent | Line | Remark | Flush | Item | Mark;

/** On one line if it fits. */
export interface Group {
  readonly kind: "group";
  readonly body: Document;
}
/** Two columns further in. */
export interface Indent {
  readonly kind: "indent";
  readonly body: Document;
}
/** Where a line may end; what stands there if it does not, or nothing where it always ends. */
export interface Line {
  readonly kind: "line";
  readonly flat: "" | " " | undefined;
  /** Whether an empty line follows. */
  readonly blank: boolean;
}
/**
 * A comment. At the beginning of a line it has it for itself, elsewhere it moves to the end of its line; one of
 * documentation always has a line for itself.
 */
export interface Remark {
  readonly kind: "remark";
  readonly text: string;
  readonly doc: boolean;
}
/** Where comments that found no room on their line go, at this indentation: the end of what they stand in. */
export interface Flush {
  readonly kind: "flush";
  readonly blank: boolean;
}
/** A part of a block, which may be aligned with its neighbours of the same family if it is one line. */
export interface Item {
  readonly kind: "item";
  readonly family: string;
  readonly body: Document;
}
/** Where an item may be aligned with its neighbours. */
export interface Mark {
  readonly kind: "mark";
}

/** A space where the line does not end. */
export const line: Line = { kind: "line", flat: " ", blank: false };
/** Nothing where the line does not end. */
export const softLine: Line = { kind: "line", flat: "", blank: false };
/** The end of a line. */
export const hardLine: Line = { kind: "line", flat: undefined, blank: false };
/** The end of a line, and an empty one. */
export const blankLine: Line = { kind: "line", flat: undefined, blank: true };
/** See {@link Mark}. */
export const mark: Mark = { kind: "mark" };
/** See {@link Flush}. */
export const flush: Flush = { kind: "flush", blank: false };
/** As {@link flush}, after an empty line. */
export const flushApart: Flush = { kind: "flush", blank: true };

/** See {@link Group}. */
export function group(...body: Document[]): Group {
  return { kind: "group", body };
}

/** See {@link Indent}. */
export function indent(...body: Document[]): Indent {
  return { kind: "indent", body };
}

/** See {@link Item}. */
export function item(family: string, body: Document): Item {
  return { kind: "item", family, body };
}

/** See {@link Remark}. */
export function remark(text: string, doc: boolean): Remark {
  return { kind: "remark", text, doc };
}
