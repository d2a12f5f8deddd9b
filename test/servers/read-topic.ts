import { randomUUID } from "node:crypto";
import type { EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import { untilLed } from "./make-topics.ts";

/** A message as kafkajs gives it, and the partition that it lay in. */
export type ReadMessage = KafkaMessage & { readonly partition: number };

/** All that a topic holds as this is called, in the order of each partition; without what a transaction took back. */
export async function readTopic({ kafka, topic }: { kafka: Kafka; topic: string }): Promise<readonly ReadMessage[]> {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await untilLed(() => admin.fetchTopicOffsets(topic));
  await admin.disconnect();
  const missing = new Map(
    offsets.filter(({ low, high }) => BigInt(low) < BigInt(high)).map((each) => [each.partition, BigInt(each.high)]),
  );
  const read = new Map<string, ReadMessage>();
  if (missing.size === 0) return [];
  const consumer = kafka.consumer({ groupId: `test-${randomUUID()}` });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      // It goes on by itself after most: on a Kafka without groups so far the first is told to come again.
      consumer.on("consumer.crash", ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      // Is told also of what holds no message for us: the marks of transactions.
      consumer.on("consumer.end_batch_process", ({ payload }) => {
        const end = missing.get(payload.partition);
        if (end !== undefined && BigInt(payload.lastOffset) + 1n >= end) missing.delete(payload.partition);
        if (missing.size === 0) resolve();
      });
      const eachBatch = ({ batch: { messages, partition } }: EachBatchPayload): Promise<void> => {
        for (const message of messages) read.set(`${String(partition)} ${message.offset}`, { ...message, partition });
        return Promise.resolve();
      };
      consumer.run({ autoCommit: false, eachBatch }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return [...read.values()];
}
