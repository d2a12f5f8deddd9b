/**
 * How the events of a topic are Avro. A text is the path of a schema (`.avsc`): each event is one datum of it, with nothing before it. Else `framing` says what stands before the datum:
 *
 * - `"confluent"`: a 0 and four bytes with the schema's id, as the serializers of Confluent write it. `schemas` gives the schemas that events are of, by id; or `schema` the one that all are of, whatever
 *   their ids.
 * - `"single-object"`: Avro's own, with the schema's fingerprint (CRC-64-AVRO), which says of which of the `schemas` an event is.
 *
 * @example `{ framing: "confluent", schemas: { 7: "schemas/orders-1.avsc", 12: "schemas/orders-2.avsc" } }`
 */
export type AvroTopic =
  | string
  | { readonly framing: "confluent"; readonly schema: string }
  | { readonly framing: "confluent"; readonly schemas: Readonly<Record<number, string>> }
  | { readonly framing: "single-object"; readonly schemas: readonly string[] };

/** The topics whose events are Avro, by name. */
export type AvroTopics = Readonly<Record<string, AvroTopic>>;
