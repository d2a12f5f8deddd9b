import type { Document, Remark } from "./document.ts";
import { type PrintedLine, widthOf } from "./printed-line.ts";

/** Lines are broken where they would be longer, if they can be. */
export const maxWidth = 100;

interface Command {
  readonly indent: number;
  readonly flat: boolean;
  readonly document: Document | ItemEnd;
}

const groupEnd: unique symbol = Symbol("the end of a group");

interface ItemEnd {
  readonly kind: "item-end";
  readonly family: string;
}

/** Lays a document out in lines. Linear in its size: whether a group fits is known after a line's width at most. */
export function printDocument(document: Document): readonly PrintedLine[] {
  const printer = new Printer();
  const stack: Command[] = [{ indent: 0, flat: false, document }];
  for (let command = stack.pop(); command !== undefined; command = stack.pop()) {
    const { indent, flat, document: current } = command;
    if (typeof current === "string") {
      printer.text(current, indent);
    } else if (isSequence(current)) {
      for (let i = current.length - 1; i >= 0; i--) stack.push({ indent, flat, document: current[i] ?? "" });
    } else {
      switch (current.kind) {
        case "group": {
          const fits = flat || fitsOnLine(current.body, stack, maxWidth - printer.column(indent), printer.atStart);
          stack.push({ indent, flat: fits, document: current.body });
          break;
        }
        case "indent":
          stack.push({ indent: indent + 2, flat, document: current.body });
          break;
        case "line":
          if (!flat || current.flat === undefined) printer.newLine(indent, current.blank);
          else if (!printer.atStart) printer.text(current.flat, indent);
          break;
        case "remark":
          printer.remark(current, indent);
          break;
        case "flush":
          if (!flat) printer.flush(indent, current.blank);
          break;
        case "item":
          printer.beginItem();
          stack.push({ indent, flat, document: { kind: "item-end", family: current.family } });
          stack.push({ indent, flat, document: current.body });
          break;
        case "item-end":
          printer.endItem(current.family);
          break;
        case "mark":
          printer.mark();
      }
    }
  }
  return printer.finish();
}

/**
 * Whether a group, and what follows it up to the next end of a line, stands on this line. Not where a comment would have to
 * go past an end of a line of a group that it stands in.
 */
function fitsOnLine(body: Document, rest: readonly Command[], columns: number, atStart: boolean): boolean {
  const stack: (Document | typeof groupEnd | ItemEnd)[] = [body];
  let left = columns;
  let started = !atStart;
  let remarks = 0;
  /** How many comments there were before each group that is open. */
  const before = [0];
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    if (current === groupEnd) {
      before.pop();
    } else if (typeof current === "string") {
      left -= widthOf(current);
      if (left < 0) return false;
      started ||= current !== "";
    } else if (isSequence(current)) {
      for (let i = current.length - 1; i >= 0; i--) stack.push(current[i] ?? "");
    } else if (current.kind === "line") {
      if (current.flat === undefined || remarks > (before.at(-1) ?? 0)) return false;
      left -= current.flat.length;
    } else if (current.kind === "remark") {
      if (started && current.doc) return false;
      if (started) remarks++;
    } else if (current.kind === "group") {
      before.push(remarks);
      stack.push(groupEnd, current.body);
    } else if (current.kind === "indent" || current.kind === "item") {
      stack.push(current.body);
    }
  }
  return fitsBehind(rest, left);
}

/** Whether what follows fits into the columns left, up to the first place where the line may end. */
function fitsBehind(rest: readonly Command[], columns: number): boolean {
  let left = columns;
  for (let i = rest.length - 1; i >= 0 && left >= 0; i--) {
    const next = rest[i];
    if (next === undefined) break;
    const stack: (Document | ItemEnd)[] = [next.document];
    for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
      if (typeof current === "string") {
        left -= widthOf(current);
        if (left < 0) return false;
      } else if (isSequence(current)) {
        for (let part = current.length - 1; part >= 0; part--) stack.push(current[part] ?? "");
      } else if (current.kind === "line") {
        if (!next.flat) return true;
        left -= current.flat?.length ?? 0;
      } else if (current.kind === "group" || current.kind === "indent" || current.kind === "item") {
        stack.push(current.body);
      }
    }
  }
  return left >= 0;
}

function isSequence(document: Document | ItemEnd): document is readonly Document[] {
  return Array.isArray(document);
}

interface OpenLine {
  readonly indent: number;
  readonly pieces: string[];
  readonly marks: number[];
  /** In UTF-16 units and in columns. */
  length: number;
  width: number;
  beginsItem: boolean;
  family?: string;
}

class Printer {
  readonly #lines: PrintedLine[] = [];
  #current: OpenLine = open(0);
  /** Comments for the end of the current line; what is too many goes below. */
  #remarks: string[] = [];
  /** Whether the current line holds a comment that ends it. */
  #closed = false;
  #itemBegins = false;

  get atStart(): boolean {
    return this.#closed || this.#current.pieces.length === 0;
  }

  column(indent: number): number {
    return this.atStart ? indent : this.#current.indent + this.#current.width;
  }

  text(text: string, indent: number): void {
    if (text === "") return;
    if (this.#closed) this.newLine(indent, false);
    const line = this.#current;
    if (line.pieces.length === 0 && this.#itemBegins) {
      line.beginsItem = true;
      this.#itemBegins = false;
    }
    line.pieces.push(text);
    line.length += text.length;
    line.width += widthOf(text);
  }

  mark(): void {
    this.#current.marks.push(this.#current.length);
  }

  remark({ text }: Remark, indent: number): void {
    if (!this.atStart) {
      this.#remarks.push(text);
      return;
    }
    if (this.#closed) this.newLine(indent, false);
    this.#current.pieces.push(text);
    this.#closed = true;
  }

  newLine(indent: number, blank: boolean): void {
    if (this.#lines.length === 0 && this.#current.pieces.length === 0) return;
    const [first, ...more] = this.#remarks;
    this.#remarks = [];
    this.#close(first);
    for (const text of more) {
      this.#current = open(indent);
      this.#current.pieces.push(text);
      this.#close(undefined);
    }
    if (blank) this.#lines.push({ indent: 0, text: "", marks: [] });
    this.#current = open(indent);
  }

  flush(indent: number, blank: boolean): void {
    const [first, ...more] = this.#remarks;
    if (first === undefined || more.length === 0) return;
    this.#remarks = [first];
    for (const [i, text] of more.entries()) {
      this.newLine(indent, blank && i === 0);
      this.#current.pieces.push(text);
    }
    this.#closed = true;
  }

  beginItem(): void {
    this.#itemBegins = true;
  }

  endItem(family: string): void {
    this.#itemBegins = false;
    if (this.#current.beginsItem && !this.#closed) this.#current.family = family;
  }

  finish(): readonly PrintedLine[] {
    if (this.#current.pieces.length > 0) this.newLine(0, false);
    return this.#lines;
  }

  #close(comment: string | undefined): void {
    const { indent, pieces, marks, family } = this.#current;
    this.#closed = false;
    this.#lines.push({
      indent,
      text: pieces.join("").trimEnd(),
      marks,
      ...(comment === undefined ? {} : { comment }),
      ...(family === undefined ? {} : { family }),
    });
  }
}

function open(indent: number): OpenLine {
  return { indent, pieces: [], marks: [], length: 0, width: 0, beginsItem: false };
}
