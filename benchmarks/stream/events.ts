import { Partitioners } from "kafkajs";
import { randomNumbers } from "../../test/dsl/random-numbers.ts";
import { type RunningKafka, startKafka } from "../../test/servers/kafka.ts";
import { makeTopics } from "../../test/servers/make-topics.ts";
import { kafkaClient } from "../../test/servers/kafka-client.ts";

/** How many keys events have. */
export const keys = 200_000;
export const topic = "orders";
const partitions = 4;
const lengths = ["1h", "1d", "7d"];

/** Three windows of five aggregates, over events of a topic alone. */
export const definitions: string = [
  "entity shop (shop: string)",
  `events orders { kafka "${topic}" at ordered columns (shop: string, ordered: timestamp, price: float) }`,
  "group shop:sales from orders by shop {",
  ...lengths.flatMap((over) =>
    ["count()", "sum(price)", "mean(price)", "min(price)", "max(price)"].map(
      (aggregate) => `  ${aggregate.slice(0, aggregate.indexOf("("))}_${over} = ${aggregate} over ${over}`,
    ),
  ),
  "}",
].join("\n");

/** Makes the topic, of four partitions. */
export async function createTopic(kafka: RunningKafka): Promise<void> {
  const admin = kafkaClient(kafka).admin();
  await admin.connect();
  await makeTopics(admin, [{ topic, numPartitions: partitions, replicationFactor: 1 }]);
  await admin.disconnect();
}

/** A Kafka of its own with so many events, of the last hour, in the topic. */
export async function producedEvents(count: number): Promise<RunningKafka> {
  const kafka = await startKafka({ fastBoot: false });
  await createTopic(kafka);
  const client = kafkaClient(kafka);
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const now = Date.now();
  const random = randomNumbers(7);
  for (let from = 0; from < count; from += 5000) {
    const messages = Array.from({ length: Math.min(5000, count - from) }, () => ({
      value: JSON.stringify({
        shop: `s${String(Math.floor(random() * keys))}`,
        ordered: new Date(now - Math.floor(random() * 3_600_000)).toISOString(),
        price: Math.round(random() * 1e4) / 100,
      }),
      partition: (from / 5000) % partitions,
    }));
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
  return kafka;
}
