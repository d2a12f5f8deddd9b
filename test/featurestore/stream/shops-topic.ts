import { setTimeout as sleep } from "node:timers/promises";
import type { Tondo } from "../../../src/open.ts";
import type { FreshTopic } from "../../servers/fresh-topic.ts";
import { readTopic } from "../../servers/read-topic.ts";
import { order, sales, secondsAgo, streamedOrders, type StreamedOrders } from "./streamed-orders.ts";

export const shops: readonly string[] = ["north", "south", "east", "west", "down"];

/** A project over a topic alone, whose events have no `id`: one that was applied twice would count twice. */
export function topicAlone(topic: FreshTopic): Promise<StreamedOrders> {
  return streamedOrders({
    ...{ id: "", topic: topic.topic },
    events: { kafka: { brokers: [topic.bootstrap], limits: { sessionTimeoutMs: 2000, maxWaitMs: 20 } } },
  });
}

/** Produces orders of 1 to all shops by turns, with keys unlike the groups'. Gives how many each shop has. */
export async function produce({ producer, topic }: FreshTopic, from: number, to: number): Promise<void> {
  const messages = Array.from({ length: to - from }, (_, i) => {
    const n = from + i;
    return { key: `k${String(n % 7)}`, value: order(String(n), shops[n % shops.length] ?? "", secondsAgo(30), 1) };
  });
  await producer.send({ topic, messages });
}

/** Waits until all of a topic is read, and what is applied counts. */
export async function untilEmpty(tondo: Tondo): Promise<void> {
  for (let left = 600; ; left--) {
    const { partitions } = await tondo.streamStatus();
    if (partitions.every(({ lag }) => lag === 0)) break;
    if (left === 0) throw new Error(`it is not read: ${JSON.stringify(partitions)}`);
    await sleep(50);
  }
  await sleep(100);
}

export async function counts(tondo: Tondo): Promise<readonly unknown[]> {
  return Promise.all(shops.map(async (shop) => (await sales(tondo, shop, "n"))[0]));
}

/** How many orders of each shop a topic holds. */
export async function countsIn(topic: FreshTopic): Promise<readonly number[]> {
  const messages = await readTopic(topic);
  const found = messages.map(({ value }) => (JSON.parse(String(value)) as { readonly shop: string }).shop);
  return shops.map((shop) => found.filter((one) => one === shop).length);
}

/** So many of each shop. */
export const each = (n: number): readonly number[] => shops.map(() => n);
