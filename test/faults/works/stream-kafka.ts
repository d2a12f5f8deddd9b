import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { env } from "node:process";
import { KafkaEventLog } from "../../../src/kafka.ts";
import { makeTopics } from "../../servers/make-topics.ts";
import { kafkaClient } from "../../servers/kafka-client.ts";
import { type FaultEvent, type FaultTopic, streamWork } from "../stream-work.ts";
import type { Work } from "../work.ts";

/** Where the Kafka is that events come by. */
export const faultKafka: string = "TONDO_FAULT_KAFKA";

const partitions = 4;

async function topicOf(home: string): Promise<FaultTopic> {
  const bootstrap = env[faultKafka];
  if (bootstrap === undefined) throw new Error(`${faultKafka} does not say where Kafka is`);
  const kafka = kafkaClient({ bootstrap });
  const said = path.join(home, "topic");
  const isThere = existsSync(said);
  const topic = isThere ? readFileSync(said, "utf8") : `faults-${randomUUID()}`;
  const admin = kafka.admin();
  if (!isThere) {
    await admin.connect();
    await makeTopics(admin, [{ topic, numPartitions: partitions }]);
    await admin.disconnect();
    writeFileSync(said, topic);
  }
  return {
    name: topic,
    log: await KafkaEventLog.open({
      brokers: [bootstrap],
      limits: { sessionTimeoutMs: 1000, rebalanceTimeoutMs: 1000, maxWaitMs: 20 },
    }),
    append: async (given: readonly FaultEvent[]) => {
      const producer = kafka.producer({ idempotent: true });
      await producer.connect();
      // Keys of no group, and partitions that are not theirs.
      await producer.send({
        topic,
        messages: given.map(({ part, value }, i) => ({
          key: `k${String(i)}`,
          value,
          partition: (part + i) % partitions,
        })),
      });
      await producer.disconnect();
    },
    count: async () => {
      await admin.connect();
      const offsets = await admin.fetchTopicOffsets(topic);
      await admin.disconnect();
      return offsets.reduce((sum, { high }) => sum + Number(high), 0);
    },
  };
}

/** Events that are streamed from Kafka by two workers, with loads, resets and letters that are applied later between. */
export const streamKafka: Work = streamWork({
  ...{ name: "stream-kafka", workers: 2, topic: topicOf },
  points: ["keep dead letters", "commit an offset"],
});
