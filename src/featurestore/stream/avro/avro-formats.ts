import { resolve } from "node:path";
import { TondoError } from "../../../core/index.ts";
import type { EventFormat } from "../event-format.ts";
import { bare, confluent, singleObject } from "./avro-framing.ts";
import { type AvroModule, loadAvro } from "./avro-module.ts";
import { type AvroSchema, readSchema } from "./avro-schema.ts";
import type { AvroTopic, AvroTopics } from "./avro-topic.ts";
import { avroFormat } from "./decode-avro.ts";

/**
 * Reads the schemas of topics whose events are Avro, which needs the optional package `avsc`.
 *
 * @throws TondoError `DRIVER_MISSING`, `INVALID_ARGUMENT`, `IO_FAILED`, `SOURCE_UNREADABLE`
 */
export async function avroFormats(topics: AvroTopics): Promise<ReadonlyMap<string, EventFormat>> {
  const formats = new Map<string, EventFormat>();
  const all = Object.entries(topics);
  if (all.length === 0) return formats;
  const avsc = await loadAvro();
  for (const [topic, given] of all) formats.set(topic, await formatOf(avsc, topic, given));
  return formats;
}

async function formatOf(avsc: AvroModule, topic: string, given: AvroTopic): Promise<EventFormat> {
  const read = (files: readonly string[]): Promise<readonly AvroSchema[]> => {
    if (files.length === 0)
      throw new TondoError("INVALID_ARGUMENT", `no schema is given of the topic ${topic}`, {
        hint: "Give the file of the schema that its events are written by.",
      });
    return Promise.all(files.map((file) => readSchema(avsc, resolve(file))));
  };
  if (typeof given === "string") return avroFormat(await read([given]), bare);
  if (given.framing === "single-object") {
    const schemas = await read(given.schemas);
    refuseAlike(schemas);
    return avroFormat(schemas, singleObject(schemas.map(({ fingerprint }) => fingerprint)));
  }
  if ("schema" in given) return avroFormat(await read([given.schema]), confluent([]));
  const ids = Object.keys(given.schemas).map(Number);
  if (!ids.every((id) => Number.isInteger(id) && id >= 0 && id < 2 ** 31))
    throw new TondoError("INVALID_ARGUMENT", `the schemas of the topic ${topic} are given by their ids`, {
      hint: 'Give the ids that the registry of schemas has for them: { 7: "schemas/orders.avsc" }.',
    });
  return avroFormat(await read(Object.values(given.schemas)), confluent(ids));
}

/** Schemas with one fingerprint may differ in what integers mean, and no event would say of which it is. */
function refuseAlike(schemas: readonly AvroSchema[]): void {
  for (const [i, { file, fingerprint }] of schemas.entries()) {
    const other = schemas.slice(0, i).find((one) => one.fingerprint === fingerprint);
    if (other === undefined) continue;
    throw new TondoError(
      "INVALID_ARGUMENT",
      `"${other.file}" and "${file}" have one fingerprint: events do not say of which they are`,
      {
        where: file,
        hint: "Give one of them. What a logicalType says is no part of a fingerprint: where they differ in that, use two topics.",
      },
    );
  }
}
