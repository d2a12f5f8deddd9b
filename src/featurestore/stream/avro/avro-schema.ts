import { readFile } from "node:fs/promises";
import type { Schema, Type, types } from "avsc";
import { TondoError } from "../../../core/index.ts";
import type { AvroModule } from "./avro-module.ts";
import type { AvroRecord, AvroType } from "./avro-type.ts";
import { schemaFingerprint } from "./schema-fingerprint.ts";

/** The schema that events were written by. */
export interface AvroSchema {
  readonly file: string;
  readonly record: AvroRecord;
  /** CRC-64-AVRO of its canonical form, of which what integers mean is no part. */
  readonly fingerprint: bigint;
}

/** What integers may mean. */
const logicalNames = [
  ...["date", "time-millis", "time-micros"],
  ...["timestamp-millis", "timestamp-micros", "timestamp-nanos"],
  ...["local-timestamp-millis", "local-timestamp-micros", "local-timestamp-nanos"],
];

/**
 * Reads a schema from its file.
 *
 * @throws TondoError `IO_FAILED`, `SOURCE_UNREADABLE` where it is none, or none of records
 */
export async function readSchema(avsc: AvroModule, file: string): Promise<AvroSchema> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new TondoError("IO_FAILED", `the schema "${file}" cannot be read`, { where: file, cause });
  }
  let type: Type;
  try {
    type = typeOf(avsc, JSON.parse(text, withoutDefaults) as Schema);
  } catch (cause) {
    throw new TondoError("SOURCE_UNREADABLE", `"${file}" is no schema of Avro: ${messageOf(cause)}`, {
      where: file,
      cause,
    });
  }
  const record = ownType(avsc, type, new Map());
  if (record.type === "record") return { file, record, fingerprint: schemaFingerprint(JSON.stringify(type.schema())) };
  throw new TondoError("SOURCE_UNREADABLE", `"${file}" is no schema of records, and events are`, {
    where: file,
    hint: 'Give the schema that the values of messages are written by: { "type": "record", ... }.',
  });
}

/** Values that whoever reads by another schema puts where this one has none: they are of no matter here, and many are not of their field's type. */
function withoutDefaults(name: string, value: unknown): unknown {
  return name === "default" ? undefined : value;
}

function typeOf({ Type, types }: AvroModule, schema: Schema): Type {
  class Meaning extends types.LogicalType {}
  const logicalTypes = Object.create(null) as Record<string, typeof types.LogicalType>;
  for (const name of logicalNames) logicalTypes[name] = Meaning;
  return Type.forSchema(schema, { logicalTypes, wrapUnions: "always", omitRecordMethods: true });
}

/** A type of the library as this one's own. */
function ownType(avsc: AvroModule, type: Type, known: Map<Type, AvroRecord>): AvroType {
  const { types } = avsc;
  const own = (one: Type): AvroType => ownType(avsc, one, known);
  if (type instanceof types.LogicalType) {
    const under = own(type.underlyingType);
    const isInteger = under.type === "int" || under.type === "long";
    return isInteger ? { type: under.type, logical: type.typeName.slice("logical:".length) } : under;
  }
  if (type instanceof types.WrappedUnionType) return { type: "union", branches: type.types.map(own) };
  if (type instanceof types.ArrayType) return { type: "array", items: own(type.itemsType) };
  if (type instanceof types.MapType) return { type: "map", items: own(type.valuesType as Type) };
  if (type instanceof types.EnumType) return { type: "enum", symbols: type.symbols };
  if (type instanceof types.FixedType) return { type: "fixed", size: type.size };
  if (type instanceof types.RecordType) return known.get(type) ?? ownRecord(type, own, known);
  return { type: type.typeName as "null" };
}

function ownRecord(type: types.RecordType, own: (type: Type) => AvroType, known: Map<Type, AvroRecord>): AvroRecord {
  const fields: { readonly name: string; readonly type: AvroType }[] = [];
  const record: AvroRecord = { type: "record", fields };
  // A field may hold the record again.
  known.set(type, record);
  for (const field of type.fields) fields.push({ name: field.name, type: own(field.type) });
  return record;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
