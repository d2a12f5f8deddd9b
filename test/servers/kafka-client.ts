import { Kafka, type KafkaConfig, logLevel } from "kafkajs";

/** Where a Kafka of the tests is. */
export interface KafkaAddress {
  /** Such as `127.0.0.1:27342`. */
  readonly bootstrap: string;
}

/** A client of kafkajs, as it stands: who makes a producer, a consumer or an admin of it disconnects that. */
export function kafkaClient({ bootstrap }: KafkaAddress, options: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({
    brokers: [bootstrap],
    clientId: "tondo-test",
    // What fails is told by what it throws.
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 20 },
    ...options,
  });
}
