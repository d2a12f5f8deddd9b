import type { AvroBytes } from "./avro-bytes.ts";
import { type AvroType, leastBytes } from "./avro-type.ts";

/** Goes past a value. */
export type SkipValue = (bytes: AvroBytes) => void;

/** What goes past values of a type: all that is read is looked at, so that what follows is known to be where it seems. */
export function skipperOf(type: AvroType, known: Map<AvroType, SkipValue> = new Map<AvroType, SkipValue>()): SkipValue {
  switch (type.type) {
    case "null":
      return () => undefined;
    case "boolean":
      return (bytes) => bytes.boolean();
    case "int":
      return (bytes) => bytes.int();
    case "long":
      return (bytes) => bytes.long();
    case "float":
    case "double":
    case "fixed": {
      const least = leastBytes(type);
      return (bytes) => {
        bytes.skip(least);
      };
    }
    case "bytes":
    case "string":
      return (bytes) => {
        bytes.skipString();
      };
    case "enum": {
      const of = type.symbols.length;
      return (bytes) => bytes.index(of);
    }
    case "array":
    case "map":
      return itemsSkipper(type, known);
    case "union": {
      const branches = type.branches.map((branch) => skipperOf(branch, known));
      return (bytes) => branches[bytes.index(branches.length)]?.(bytes);
    }
    case "record": {
      const before = known.get(type);
      if (before !== undefined) return before;
      const fields: SkipValue[] = [];
      const skip: SkipValue = (bytes) => {
        bytes.within(() => {
          for (const field of fields) field(bytes);
        });
      };
      // A field may hold the record again.
      known.set(type, skip);
      fields.push(...type.fields.map((field) => skipperOf(field.type, known)));
      return skip;
    }
  }
}

function itemsSkipper(
  { type, items }: Extract<AvroType, { readonly items: AvroType }>,
  known: Map<AvroType, SkipValue>,
): SkipValue {
  const skipItem = skipperOf(items, known);
  const isMap = type === "map";
  // Of a map each has a text before it.
  const least = leastBytes(items) + (isMap ? 1 : 0);
  return (bytes) => {
    bytes.items(least, () => {
      if (isMap) bytes.skipString();
      skipItem(bytes);
    });
  };
}
