import { inject } from "vitest";
import type { KafkaAddress } from "./kafka-client.ts";
import { reportedStart } from "./reported-start.ts";

/**
 * The Kafka of this test run, for tests that need no more of it than topics and groups of their own.
 *
 * @throws Error with what kept it from starting
 */
export function sharedKafka(): Promise<KafkaAddress> {
  return reportedStart(inject("kafkaReport"));
}
