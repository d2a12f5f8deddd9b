/**
 * The kinds of value of the feature language. `int` is 64 bits wide in storage, keys and equality and exact up
 * to ±(2^53 - 1) in arithmetic; `timestamp` is UTC microseconds since 1970; `date` is days since 1970;
 * `duration` is microseconds.
 */
export const valueKinds = ["bool", "int", "float", "string", "timestamp", "date", "duration"] as const;

/** A kind of value. */
export type ValueKind = (typeof valueKinds)[number];

/** A type: a kind, and whether a value of it may be missing. */
export interface ValueType {
  readonly kind: ValueKind;
  readonly optional: boolean;
}

/** The written form of a type, as in plans: `"float"` or `"float?"`. */
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

/** Whether values of this kind are numbers in generated code (missing is NaN there); only strings are not. */
export function isNumeric(kind: ValueKind): boolean {
  return kind !== "string";
}
