import { resolve } from "node:path";
import type { AvroTopic, AvroTopics } from "../featurestore/index.ts";
import type { KafkaEventsOptions } from "../open-options.ts";
import { type Options, usageError } from "./arguments/index.ts";
import type { CommandContext } from "./command.ts";
import { folderOf } from "./project.ts";

/** Which topics' events are Avro. */
export const avroOption: Options = {
  avro: {
    value: "TOPIC=SCHEMA",
    help: "events of a topic of Kafka are Avro, by a schema in a file: orders=orders.avsc where nothing stands before an event's datum, orders=confluent:7:orders.avsc behind a 0 and the schema's id, as Confluent's serializers write it (orders=confluent:orders.avsc whatever the id), orders=single-object:orders.avsc behind Avro's own mark; several of a topic where its events are of several schemas",
    default: "the environment's TONDO_AVRO, with commas between; events are JSON",
    many: true,
  },
};

/** The schemas of one topic, as far as they were given. */
interface GivenSchemas {
  readonly framing: "bare" | "confluent" | "single-object";
  readonly schemas: { readonly id?: number; readonly file: string }[];
}

/** What {@link avroOption} and the environment say; paths are from the project's folder. @throws TondoError `USAGE` */
export function avroOf(context: Pick<CommandContext, "args" | "terminal">): Pick<KafkaEventsOptions, "avro"> {
  const given = context.args.list("avro");
  const texts = given.length > 0 ? given : listOf(context.terminal.environment["TONDO_AVRO"] ?? "");
  const topics = new Map<string, GivenSchemas>();
  for (const text of texts) {
    const [, topic = "", framing = "bare", id, path = ""] =
      /^([^=]+)=(?:(confluent|single-object):)?(?:(?<=confluent:)(\d{1,10}):)?(.+)$/.exec(text) ?? [];
    if (path === "")
      throw usageError(`--avro: "${text}" names no topic and schema`, "Write it as orders=schemas/orders.avsc.");
    const own: GivenSchemas = topics.get(topic) ?? { framing: framing as GivenSchemas["framing"], schemas: [] };
    const file = resolve(folderOf(context), path);
    own.schemas.push(id === undefined ? { file } : { id: Number(id), file });
    if (own.framing !== framing || (own.schemas.length > 1 && !isTold(own)))
      throw usageError(
        `--avro: nothing tells of which of its schemas an event of ${topic} is`,
        "Several schemas are told by ids, orders=confluent:7:orders-1.avsc orders=confluent:12:orders-2.avsc, or by fingerprints, orders=single-object:orders-1.avsc.",
      );
    topics.set(topic, own);
  }
  if (topics.size === 0) return {};
  return { avro: Object.fromEntries([...topics].map(([topic, own]) => [topic, topicOf(own)])) satisfies AvroTopics };
}

function listOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/** Whether events say of which of several schemas they are. */
function isTold({ framing, schemas }: GivenSchemas): boolean {
  const ids = new Set(schemas.map(({ id }) => id));
  return framing === "single-object" || (framing === "confluent" && ids.size === schemas.length && !ids.has(undefined));
}

function topicOf({ framing, schemas }: GivenSchemas): AvroTopic {
  const files = schemas.map(({ file }) => file);
  const [first = ""] = files;
  if (framing === "bare") return first;
  if (framing === "single-object") return { framing, schemas: files };
  const withIds = schemas.flatMap(({ id, file }): [number, string][] => (id === undefined ? [] : [[id, file]]));
  return withIds.length > 0 ? { framing, schemas: Object.fromEntries(withIds) } : { framing, schema: first };
}
