export { KafkaEventLog } from "./kafka-event-log.ts";
export { defaultKafkaLimits, type KafkaLimits, type KafkaOptions } from "./kafka-options.ts";
