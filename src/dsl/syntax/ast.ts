import type { Span } from "../../core/index.ts";

/** A name as written, without backticks. */
export interface Identifier {
  /** With its version where it has one: `prep_7d@2`. */
  readonly text: string;
  /** From 2 on, of a feature; absent where none is written, which is version 1. */
  readonly version?: number;
  readonly span: Span;
}

export interface LiteralExpression {
  readonly kind: "literal";
  readonly type: "int" | "float" | "string" | "bool" | "duration" | "missing";
  /** Ints as decimal text, durations in microseconds. */
  readonly value: string | number | boolean | null;
  readonly span: Span;
}
export interface NameExpression {
  readonly kind: "name";
  readonly name: Identifier;
  readonly span: Span;
}
export interface NowExpression {
  readonly kind: "now";
  readonly span: Span;
}
export interface ListExpression {
  readonly kind: "list";
  readonly items: readonly Expression[];
  readonly span: Span;
}
export interface ReferenceExpression {
  readonly kind: "reference";
  readonly entity: Identifier;
  readonly group: Identifier;
  readonly feature: Identifier;
  readonly key?: readonly Expression[];
  readonly span: Span;
}
export interface Argument {
  readonly name?: Identifier;
  readonly value: Expression;
}
export interface WindowClause {
  readonly micros: number;
  readonly next: boolean;
  readonly where?: Expression;
  readonly span: Span;
}
export interface CallExpression {
  readonly kind: "call";
  /** For an operator its function's name and the operator's place. */
  readonly name: Identifier;
  readonly args: readonly Argument[];
  readonly window?: WindowClause;
  /** How it was written, for messages. */
  readonly form: "call" | "pipe" | "operator";
  readonly span: Span;
}
/** An expression as written. Operators are calls by the name of their function. */
export type Expression =
  LiteralExpression | NameExpression | NowExpression | ListExpression | ReferenceExpression | CallExpression;

export interface TypeExpression {
  readonly name: Identifier;
  /** `list<element>`. */
  readonly element?: TypeExpression;
  /** `embedding(size)`, as written. */
  readonly size?: Identifier;
  readonly optional: boolean;
  readonly span: Span;
}
export interface TypedName {
  readonly name: Identifier;
  readonly type: TypeExpression;
}
export interface Property {
  readonly name: "owner" | "description" | "sla" | "ttl" | "hop";
  readonly value: string | number;
  readonly span: Span;
}

export interface EntityDeclaration {
  readonly kind: "entity";
  readonly name: Identifier;
  readonly doc?: string;
  readonly key: readonly TypedName[];
  /** Columns of the key that hold personal data. */
  readonly pii: readonly Identifier[];
  readonly properties: readonly Property[];
  readonly span: Span;
}
export interface FileClause {
  readonly format: "parquet" | "csv" | "arrow";
  readonly path: string;
  readonly known?: Expression;
  readonly lag?: LagClause;
  readonly span: Span;
}
export interface TopicClause {
  readonly format: "kafka";
  readonly topic: string;
  readonly known?: Expression;
  readonly lag?: LagClause;
  readonly span: Span;
}
export interface TableClause {
  readonly format: "postgres";
  /** As written: `orders`, `public.orders` or `shop.public.orders`. */
  readonly table: string;
  readonly cursor?: Identifier;
  readonly lookback?: LookbackClause;
  readonly known?: Expression;
  readonly lag?: LagClause;
  readonly span: Span;
}
export interface LagClause {
  readonly micros: number;
  readonly span: Span;
}
/** How far behind its last value a cursor is read again: microseconds, or numbers of the cursor's own. */
export interface LookbackClause {
  readonly unit: "duration" | "number";
  /** As written where it is a number. */
  readonly amount: number;
  readonly span: Span;
}
/** Where rows of a source come from; of `known` and `lag` one at most. */
export type TransportClause = FileClause | TopicClause | TableClause;

export interface SourceDeclaration {
  readonly kind: "source";
  readonly source: "events" | "snapshot" | "table";
  readonly name: Identifier;
  readonly doc?: string;
  readonly transports: readonly TransportClause[];
  readonly columns?: readonly TypedName[];
  readonly at: readonly Expression[];
  readonly id: readonly (readonly Expression[])[];
  readonly deleted: readonly Expression[];
  /** Columns that hold personal data. */
  readonly pii: readonly Identifier[];
  readonly properties: readonly Property[];
  readonly span: Span;
}
export interface Definition {
  readonly name: Identifier;
  readonly doc?: string;
  /** Absent: the column of this name as it is. */
  readonly value?: Expression;
}
export interface GroupDeclaration {
  readonly kind: "group";
  readonly entity: Identifier;
  readonly name: Identifier;
  readonly doc?: string;
  readonly source: Identifier;
  readonly by: readonly { readonly value: Expression; readonly as?: Identifier }[];
  readonly definitions: readonly Definition[];
  readonly properties: readonly Property[];
  readonly span: Span;
}
export interface RoleClause {
  readonly role: Identifier;
  readonly entity: Identifier;
}
export interface LabelClause {
  readonly name: Identifier;
  readonly doc?: string;
  readonly value?: Expression;
  readonly type?: TypeExpression;
  readonly known?: Expression;
}
export interface VectorDeclaration {
  readonly kind: "vector";
  readonly name: Identifier;
  readonly doc?: string;
  readonly roles: readonly RoleClause[];
  readonly inputs: readonly TypedName[];
  /** Inputs that hold personal data. */
  readonly pii: readonly Identifier[];
  readonly steps: readonly Definition[];
  readonly slots: readonly Definition[];
  readonly labels: readonly LabelClause[];
  readonly properties: readonly Property[];
  readonly span: Span;
}
/** One row of a test: constants, by column. */
export interface GivenClause {
  readonly source: Identifier;
  /** The place it comes by; absent: the source's first. */
  readonly by?: { readonly format: TransportClause["format"]; readonly span: Span };
  readonly cells: readonly { readonly name: Identifier; readonly value: Expression }[];
  readonly span: Span;
}
export interface ExpectClause {
  /** What must be true: with what stands behind the moment. */
  readonly condition: Expression;
  readonly at: Identifier;
  readonly span: Span;
}
export interface TestDeclaration {
  readonly kind: "test";
  /** The text that says what holds. */
  readonly name: Identifier;
  readonly doc?: string;
  readonly given: readonly GivenClause[];
  readonly expectations: readonly ExpectClause[];
  readonly span: Span;
}
/** One declaration of a file. */
export type Declaration =
  EntityDeclaration | SourceDeclaration | GroupDeclaration | VectorDeclaration | TestDeclaration;

/** What a declaration that could not be read would have declared; without a name it may have been any. */
export interface BrokenDeclaration {
  readonly kind: "entity" | "source" | "group" | "vector" | "test" | "unknown";
  /** Of a group `entity:group`. */
  readonly name?: string;
}
