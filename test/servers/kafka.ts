import { findJava17 } from "./java-17.ts";
import type { KafkaAddress } from "./kafka-client.ts";
import { kafkaJars } from "./kafka-jars.ts";
import type { KafkaParts, KnownKafka } from "./kafka-process.ts";
import { type Kept, KeptServer } from "./kept-server.ts";

/** What a test asks of a Kafka of its own. */
export interface KafkaOptions {
  /** Whether it runs at a lower peak speed and boots faster, as suits tests and no benchmarks. Default true. */
  readonly fastBoot?: boolean;
  /** The heap, and once more as much of buffers at the most. Default 384. */
  readonly heapMiB?: number;
  /** The largest batch of messages that it takes. Default Kafka's own: 1,048,588. */
  readonly maxMessageBytes?: number;
}

/**
 * A throwaway Kafka on loopback: one node, broker and controller. Topics are made by who uses them, and keep what they are sent however old
 * it is; nothing that was acknowledged is lost by {@link Kept.kill}. One that is frozen for longer than nine seconds (one second, where it
 * was started again) leads no partition for a moment after it is thawed.
 */
export interface RunningKafka extends KafkaAddress, Kept {}

/**
 * Starts a Kafka with no data, in a temporary folder; it ends with the process that started it, also when that one is killed. Takes a second
 * on two free cores, two where it is started again, and three and the fetching the first time on a machine; waits for three minutes.
 *
 * @throws Error that says what to install, or with the end of the server's log
 */
export async function startKafka(options: KafkaOptions = {}): Promise<RunningKafka> {
  const { fastBoot = true, heapMiB = 384, maxMessageBytes } = options;
  const settings = { fastBoot, heapMiB, ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }) };
  const keeper = new KeptServer<KnownKafka>("Kafka", "kafka-keeper.ts", {
    java: findJava17(),
    jars: await kafkaJars(),
    settings,
  } satisfies KafkaParts);
  try {
    const { port } = await keeper.known();
    return keeper.with({ bootstrap: `127.0.0.1:${String(port)}` });
  } catch (error) {
    await keeper.end();
    throw error;
  }
}
