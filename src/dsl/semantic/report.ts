import type { Diagnostic, Span } from "../../core/index.ts";
import { PlaceRecorder } from "./places.ts";

/** How many errors are kept: a reader mends the first ones first. */
const maxErrors = 100;

/** How deep checks may go into each other, siblings that are checked on the way included. */
const maxDepth = 600;

/** What to do about an error; a function where finding it out costs something. */
export type Hint = string | undefined | (() => string | undefined);

/** Collects what is wrong. A checker that has reported something returns `undefined`, so that one mistake is one error. */
export class Report {
  /** Where what is right was written. */
  readonly places: PlaceRecorder = new PlaceRecorder();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #places: Set<string> = new Set<string>();
  #depth = 0;

  /** Goes one step deeper into what is checked. */
  enter(): void {
    this.#depth++;
  }

  /** Comes back from {@link enter}. */
  leave(): void {
    this.#depth--;
  }

  /** Whether it goes no deeper: siblings that are checked on the way included, the stack would not hold them. */
  get deep(): boolean {
    return this.#depth >= maxDepth;
  }

  /** Reports an error and returns `undefined`. */
  error(code: string, message: string, span: Span, hint?: Hint): undefined {
    const place = `${code} ${String(span.start)} ${span.file}`;
    if (this.#places.has(place) || this.#diagnostics.length >= maxErrors) return undefined;
    this.#places.add(place);
    const text = typeof hint === "function" ? hint() : hint;
    this.#diagnostics.push({ code, severity: "error", message, span, ...(text === undefined ? {} : { hint: text }) });
    return undefined;
  }

  /** All found so far. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }
}
