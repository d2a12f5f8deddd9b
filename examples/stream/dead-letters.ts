import { randomUUID } from "node:crypto";
import type { Kafka, KafkaMessage } from "kafkajs";

/** A message that could be no event, as it is kept. */
export interface KeptLetter {
  readonly key: string;
  readonly value: string;
  readonly reason: string;
}

/** Reads the dead letters of a topic, by their keys: messages of another topic, which say in their headers why they are there. */
export async function deadLetters(kafka: Kafka, topic: string): Promise<readonly KeptLetter[]> {
  const from = `${topic}.dead-letters`;
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(from).finally(() => admin.disconnect());
  const count = offsets.reduce((sum, { high }) => sum + Number(high), 0);
  const letters: KeptLetter[] = [];
  const consumer = kafka.consumer({ groupId: `tondo-example-${randomUUID()}`, maxWaitTimeInMs: 100 });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic: from, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const eachMessage = ({ message }: { readonly message: KafkaMessage }): Promise<void> => {
        const reason = String(message.headers?.["tondo-reason"]);
        letters.push({ key: String(message.key), value: String(message.value), reason });
        if (letters.length === count) resolve();
        return Promise.resolve();
      };
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return letters.sort((one, other) => (one.key < other.key ? -1 : 1));
}
