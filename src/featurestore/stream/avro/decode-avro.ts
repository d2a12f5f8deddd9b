import { parseTypeName, TondoError, type ValueKind } from "../../../core/index.ts";
import { type Raw, type SourcePlan, toRaw } from "../../../dsl/index.ts";
import { admitEvent, type EventColumns, type EventFormat, noValue, oncePerSource } from "../event-format.ts";
import { AvroBytes } from "./avro-bytes.ts";
import type { Framing } from "./avro-framing.ts";
import type { AvroSchema } from "./avro-schema.ts";
import { readerOf } from "./read-value.ts";
import { skipperOf } from "./skip-value.ts";

/**
 * Events that are Avro, a field of their schema a column. Fields that no feature reads are passed over, and a column that the schema does not have is missing in each event.
 *
 * The bytes are read here, and not by the library that reads schemas: that believes counts and lengths whatever they are, takes any byte for a truth value, and replaces what is no UTF-8.
 */
export function avroFormat(schemas: readonly AvroSchema[], framing: Framing): EventFormat {
  return oncePerSource((source) => {
    const decoders = schemas.map((schema) => recordDecoder(schema, source));
    return ({ value }) => {
      if (value === null) throw new TondoError("INPUT_INVALID", "the event has no value");
      const { schema, at } = framing(value);
      const decode = decoders[schema];
      if (decode === undefined) throw new TondoError("INTERNAL", "an event is of a schema that is not there");
      return decode(new AvroBytes(value, at));
    };
  });
}

/** Reads a field, as a column's value or to go past it. */
type ReadField = (bytes: AvroBytes, found: Map<string, Raw>) => void;

function recordDecoder({ file, record }: AvroSchema, source: SourcePlan): (bytes: AvroBytes) => EventColumns {
  const fields = record.fields.map(({ name, type }): ReadField => {
    const declared = Object.hasOwn(source.columns, name) ? source.columns[name] : undefined;
    if (declared === undefined) return skipperOf(type);
    const { kind } = parseTypeName(declared);
    const read = readerOf(type, kind);
    if (read === undefined) throw misfit(source.name, name, kind, file);
    return (bytes, found) => {
      const admitted = admitEvent(read(bytes), kind);
      if (admitted === undefined) throw noValue(name, kind);
      found.set(name, toRaw(admitted, kind));
    };
  });
  return (bytes) => {
    const found = new Map<string, Raw>();
    for (const read of fields) read(bytes, found);
    if (bytes.left > 0) throw new TondoError("INPUT_INVALID", "the event goes on behind what its schema says");
    return found;
  };
}

function misfit(source: string, column: string, kind: ValueKind, file: string): TondoError {
  const wanted: Partial<Record<string, string>> = {
    timestamp: "a long whose logicalType is timestamp-micros or timestamp-millis, or an int whose is date",
    date: "an int whose logicalType is date",
    int: "an int or a long without a logicalType",
    float: "a double, a float, an int or a long",
    string: "a string or an enum",
    bool: "a boolean",
    duration: "an int or a long of microseconds, without a logicalType",
  };
  return new TondoError(
    "SOURCE_CHANGED",
    `source "${source}": no value of the field "${column}" of "${file}" is of type ${kind}, which the definitions say`,
    {
      where: file,
      hint: `It is read from ${wanted[kind] ?? "an array of such"}, also in a union. Declare the column otherwise, or give the schema that events are written by.`,
      details: { column },
    },
  );
}
