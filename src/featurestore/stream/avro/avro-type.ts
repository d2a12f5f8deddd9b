/** A type of a schema, as far as it says how bytes are read. */
export type AvroType =
  | { readonly type: "null" | "boolean" | "float" | "double" | "bytes" | "string" }
  | AvroInteger
  | { readonly type: "fixed"; readonly size: number }
  | { readonly type: "enum"; readonly symbols: readonly string[] }
  | { readonly type: "array" | "map"; readonly items: AvroType }
  | { readonly type: "union"; readonly branches: readonly AvroType[] }
  | AvroRecord;

/** An integer, and what it means where that is said: `timestamp-micros`, say. */
export interface AvroInteger {
  readonly type: "int" | "long";
  readonly logical?: string;
}

/** A record; it may hold itself, further down. */
export interface AvroRecord {
  readonly type: "record";
  readonly fields: readonly { readonly name: string; readonly type: AvroType }[];
}

/** How many bytes a value of a type takes at the least. Where that is 0 it never takes any. */
export function leastBytes(type: AvroType, within: readonly AvroType[] = []): number {
  switch (type.type) {
    case "null":
      return 0;
    case "float":
      return 4;
    case "double":
      return 8;
    case "fixed":
      return type.size;
    case "record":
      // One that holds itself at once has no end, and no value.
      if (within.includes(type)) return 0;
      return type.fields.reduce((sum, field) => sum + leastBytes(field.type, [...within, type]), 0);
    default:
      return 1;
  }
}
