import { mavenJars } from "./maven-jars.ts";

/** The release of Apache Kafka that the tests start. */
export const kafkaVersion = "4.3.1";

/**
 * The folder with Kafka's jars, fetched when it is first asked for.
 *
 * @throws Error that says what to install
 */
export function kafkaJars(): Promise<string> {
  // What Kafka says goes through SLF4J, and without a logger of its kind nowhere.
  const artifacts = [`org.apache.kafka:kafka_2.13:${kafkaVersion}`, "org.slf4j:slf4j-simple:1.7.36"] as const;
  return mavenJars({ name: "Kafka", version: kafkaVersion, artifacts });
}
