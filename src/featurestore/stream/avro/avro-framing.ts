import { TondoError } from "../../../core/index.ts";

/** Which of several schemas an event is of, and where its datum begins. */
export interface Framed {
  readonly schema: number;
  readonly at: number;
}

/** Reads what stands before a datum. It throws TondoError `INPUT_INVALID`. */
export type Framing = (value: Uint8Array) => Framed;

/** A datum with nothing before it. */
export const bare: Framing = () => ({ schema: 0, at: 0 });

/**
 * A 0 and the schema's id before a datum, as the serializers of Confluent write it.
 *
 * @param ids of the schemas; where there are none all are of the first
 */
export function confluent(ids: readonly number[]): Framing {
  const places = new Map(ids.map((id, i) => [id, i]));
  return (value) => {
    const view = viewOf(value);
    if (value.length < 5 || view.getUint8(0) !== 0)
      throw new TondoError("INPUT_INVALID", "the event does not begin with a 0 and the id of a schema");
    const schema = ids.length === 0 ? 0 : places.get(view.getUint32(1));
    if (schema === undefined) throw unknownSchema();
    return { schema, at: 5 };
  };
}

/** Avro's own encoding of single objects: a mark, and the fingerprint of the schema. */
export function singleObject(fingerprints: readonly bigint[]): Framing {
  const places = new Map(fingerprints.map((fingerprint, i) => [fingerprint, i]));
  return (value) => {
    const view = viewOf(value);
    if (value.length < 10 || view.getUint16(0) !== 0xc301)
      throw new TondoError("INPUT_INVALID", "the event does not begin as Avro's single objects do");
    const schema = places.get(view.getBigUint64(2, true));
    if (schema === undefined) throw unknownSchema();
    return { schema, at: 10 };
  };
}

function viewOf(value: Uint8Array): DataView {
  return new DataView(value.buffer, value.byteOffset, value.byteLength);
}

function unknownSchema(): TondoError {
  return new TondoError("INPUT_INVALID", "the event is of a schema that was not given");
}
