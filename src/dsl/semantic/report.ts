import type { Diagnostic, Span, TypeName } from "../../core/index.ts";
import { type FunctionLibrary, noFunctions } from "../functions/index.ts";
import { PlaceRecorder } from "./places.ts";

/** How many errors of a file are kept: a reader mends the first ones first. */
const maxErrors = 100;

/** How deep checks may go into each other, siblings that are checked on the way included. */
const maxDepth = 600;

/** What to do about an error; a function where finding it out costs something. */
export type Hint = string | undefined | (() => string | undefined);

/** The types of expressions, by {@link placeOf} of where they stand. */
export type ExpressionTypes = Map<string, TypeName>;

/** Where something stands, as a key. */
export function placeOf({ file, start, end }: Span): string {
  return `${String(start)}-${String(end)} ${file}`;
}

/** Collects what is wrong. A checker that has reported something returns `undefined`, so that one mistake is one error. */
export class Report {
  /** Where what is right was written. */
  readonly places: PlaceRecorder = new PlaceRecorder();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #places: Set<string> = new Set<string>();
  /** By file. */
  readonly #counts: Map<string, number> = new Map<string, number>();
  readonly #types: ExpressionTypes | undefined;
  #depth = 0;

  /** The functions of the project's own. */
  readonly functions: FunctionLibrary;

  /** With `types`, the type of each expression that has one is put there. */
  constructor(types?: ExpressionTypes, functions: FunctionLibrary = noFunctions) {
    this.#types = types;
    this.functions = functions;
  }

  /** Says what type the expression there has. */
  typed(span: Span, type: TypeName): void {
    this.#types?.set(placeOf(span), type);
  }

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
    const before = this.#counts.get(span.file) ?? 0;
    if (this.#places.has(place) || before >= maxErrors) return undefined;
    this.#counts.set(span.file, before + 1);
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
