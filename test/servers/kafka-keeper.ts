// Started as a process by its path: keeps a Kafka for the tests.
import { type KafkaParts, KafkaProcess } from "./kafka-process.ts";
import { keepServer } from "./keep-server.ts";

if (import.meta.main) {
  const parts = JSON.parse(process.argv[2] ?? "") as KafkaParts;
  await keepServer("Kafka", (folder) => new KafkaProcess(folder, parts));
}
