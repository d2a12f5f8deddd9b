/**
 * The scalar kinds of value of the feature language. `int` is 64 bits wide in storage, keys and equality and exact up
 * to ±(2^53 - 1) in arithmetic; `timestamp` is UTC microseconds since 1970; `date` is days since 1970;
 * `duration` is microseconds.
 */
export const scalarKinds = ["bool", "int", "float", "string", "timestamp", "date", "duration"] as const;

/** A kind of value that has no parts. */
export type ScalarKind = (typeof scalarKinds)[number];

/** Any number of values of one scalar kind, none of them missing. */
export type ListKind = `list<${ScalarKind}>`;

/** So many floats, none of them missing. */
export type EmbeddingKind = `embedding(${number})`;

/** A kind of value. */
export type ValueKind = ScalarKind | ListKind | EmbeddingKind;

/** The most numbers an embedding may have. */
export const maxEmbeddingSize = 4096;

/** A type: a kind, and whether a value of it may be missing. */
export interface ValueType {
  readonly kind: ValueKind;
  readonly optional: boolean;
}

/** The written form of a type, as in plans: `"float"`, `"float?"` or `"list<string>?"`. */
export type TypeName = ValueKind | `${ValueKind}?`;

/** @example `typeName({ kind: "int", optional: true }) // "int?"` */
export function typeName(type: ValueType): TypeName {
  return type.optional ? `${type.kind}?` : type.kind;
}

/** @example `parseTypeName("int?") // { kind: "int", optional: true }` */
export function parseTypeName(name: TypeName): ValueType {
  const optional = name.endsWith("?");
  return { kind: (optional ? name.slice(0, -1) : name) as ValueKind, optional };
}

/** Whether a kind is a list. */
export function isList(kind: ValueKind): kind is ListKind {
  return kind.startsWith("list<");
}

/** Whether a kind is an embedding. */
export function isEmbedding(kind: ValueKind): kind is EmbeddingKind {
  return kind.startsWith("embedding(");
}

/** Whether a kind has no parts. */
export function isScalar(kind: ValueKind): kind is ScalarKind {
  return !isList(kind) && !isEmbedding(kind);
}

/** What a list is of. @example `elementKind("list<int>") // "int"` */
export function elementKind(kind: ListKind): ScalarKind {
  return kind.slice("list<".length, -1) as ScalarKind;
}

/** How many numbers an embedding has. @example `embeddingSize("embedding(8)") // 8` */
export function embeddingSize(kind: EmbeddingKind): number {
  return Number(kind.slice("embedding(".length, -1));
}

/** An embedding of so many numbers. @example `embeddingKind(8) // "embedding(8)"` */
export function embeddingKind(size: number): EmbeddingKind {
  return `embedding(${String(size)})` as EmbeddingKind;
}

/**
 * Whether values of this kind are numbers in generated code, where missing is NaN; strings, lists and embeddings are
 * not, and missing is `null` there.
 */
export function isNumeric(kind: ValueKind): boolean {
  return kind !== "string" && isScalar(kind);
}
