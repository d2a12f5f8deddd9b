import type { Span } from "../../core/index.ts";

/** What a name can stand for. */
export type NamedKind =
  | "entity"
  | "source"
  | "group"
  | "feature"
  | "vector"
  | "test"
  | "role"
  | "input"
  | "slot"
  | "step"
  | "label"
  | "column"
  | "function"
  | "aggregate"
  | "fitted function"
  | "user function"
  | "type";

/** What a name stands for, with all that there is to say of it. */
export interface Named {
  readonly kind: NamedKind;
  /** Of a group or feature its canonical name. */
  readonly name: string;
  /** Absent where it has none, or an error. */
  readonly type?: string;
  /** As people wrote it above the definition, or the manual of the library. */
  readonly doc?: string;
  readonly owner?: string;
  /** The definition as written, in one line; of a function its signatures, one a line. */
  readonly written?: string;
  /** Where its name is defined; absent for what is built in. Of a column that stands in files only, its source. */
  readonly definition?: Span;
}

/** A name in a text, and what it stands for there. */
export interface Occurrence {
  readonly span: Span;
  readonly named: Named;
}
