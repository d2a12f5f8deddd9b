export { avroFormats } from "./avro-formats.ts";
export type { AvroTopic, AvroTopics } from "./avro-topic.ts";
