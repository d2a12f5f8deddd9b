/** Events from Apache Kafka; needs the optional package `kafkajs`, which is loaded when a log is opened. */
export {
  defaultKafkaLimits,
  KafkaEventLog,
  type KafkaLimits,
  type KafkaOptions,
} from "./featurestore/stream/kafka/index.ts";
