import { randomUUID } from "node:crypto";
import { type Kafka, Partitioners, type Producer } from "kafkajs";
import { type KafkaAddress, kafkaClient } from "./kafka-client.ts";
import { makeTopics } from "./make-topics.ts";
import { sharedKafka } from "./shared-kafka.ts";

/** What a test asks of a topic of its own. */
export interface TopicOptions {
  /** Default 4. */
  readonly partitions?: number;
  /** The topic's own settings, such as `{ "cleanup.policy": "compact" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The Kafka that gets it. Default the one of this test run. */
  readonly server?: KafkaAddress;
}

/** A topic of one test's own, and the server that has it. */
export interface FreshTopic extends KafkaAddress, AsyncDisposable {
  readonly topic: string;
  /** A client of that server. */
  readonly kafka: Kafka;
  /** Connected; it puts a message that names no partition where Java's clients put its key. */
  readonly producer: Producer;
  /** Disconnects the producer and deletes the topic. */
  drop(): Promise<void>;
}

/** An empty topic, so that tests that run at once do not meet. */
export async function freshTopic(options: TopicOptions = {}): Promise<FreshTopic> {
  const { partitions = 4, settings = {}, server = await sharedKafka() } = options;
  const kafka = kafkaClient(server);
  const topic = `test-${randomUUID()}`;
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  const admin = kafka.admin();
  await admin.connect();
  try {
    await makeTopics(admin, [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }]);
  } finally {
    await admin.disconnect();
  }
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const drop = async (): Promise<void> => {
    await producer.disconnect();
    await admin.connect();
    try {
      await admin.deleteTopics({ topics: [topic] });
    } finally {
      await admin.disconnect();
    }
  };
  return { bootstrap: server.bootstrap, topic, kafka, producer, drop, [Symbol.asyncDispose]: drop };
}
