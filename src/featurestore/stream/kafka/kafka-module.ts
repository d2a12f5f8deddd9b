import type * as Kafka from "kafkajs";
import { loadPeer } from "../../../core/index.ts";

/** The client, as it is loaded. */
export type KafkaModule = typeof Kafka;

/**
 * Loads `kafkajs` when a topic is first read: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export function loadKafka(load: () => Promise<KafkaModule> = () => import("kafkajs")): Promise<KafkaModule> {
  return loadPeer(load, "streams from Kafka need", "kafkajs@2");
}
