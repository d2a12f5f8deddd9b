import type { TestProject } from "vitest/node";
import { findJava17 } from "./java-17.ts";
import { startKafka } from "./kafka.ts";
import { kafkaJars } from "./kafka-jars.ts";
import { shareStart } from "./share-start.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the start of this test run's Kafka is told once it is known: `sharedKafka()` asks there. */
    kafkaReport: string;
  }
}

/** Vitest's global setup of the tests of Kafka: the server boots while other tests run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // What lacks is said at once, and what is fetched once is waited for here, where no test's time runs.
  findJava17();
  await kafkaJars();
  const start = await shareStart("Kafka", startKafka, ({ bootstrap }) => ({ bootstrap }));
  project.provide("kafkaReport", start.url);
  return start.stop;
}
