import { availableParallelism } from "node:os";
import { defineConfig, type ViteUserConfigExport } from "vitest/config";

const unitTests = "test/**/*.test.ts";
const integrationTests = "test/**/*.integration.test.ts";
const cassandraTests = "test/**/*.cassandra.test.ts";
const kafkaTests = "test/**/*.kafka.test.ts";
const kafkaCassandraTests = "test/**/*.kafka.cassandra.test.ts";
const canaryTests = "test/canary/**/*.test.ts";

// A run starts each of them once, whichever of its projects ask for it.
const cassandraSetup = "test/servers/shared-cassandra-setup.ts";
const kafkaSetup = "test/servers/shared-kafka-setup.ts";
/** A Cassandra takes ten seconds on two free cores, a Kafka one, and each three minutes at the most. */
const untilStarted = { testTimeout: 240_000, hookTimeout: 240_000 };

const config: ViteUserConfigExport = defineConfig({
  test: {
    // Servers, files and native stores are real: a slow machine gets the time it needs.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Of two cores Vitest would leave one free; much of the work is done by servers and engines, which take turns with it.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [unitTests],
          exclude: [integrationTests, cassandraTests, kafkaTests, canaryTests],
        },
      },
      {
        extends: true,
        test: { name: "integration", include: [integrationTests], globalSetup: ["test/servers/postgres.ts"] },
      },
      {
        extends: true,
        test: {
          name: "cassandra",
          include: [cassandraTests],
          exclude: [kafkaCassandraTests],
          globalSetup: [cassandraSetup],
          ...untilStarted,
        },
      },
      {
        extends: true,
        test: { name: "kafka", include: [kafkaTests], globalSetup: [kafkaSetup], ...untilStarted },
      },
      {
        extends: true,
        test: {
          name: "kafka-cassandra",
          include: [kafkaCassandraTests],
          globalSetup: [cassandraSetup, kafkaSetup],
          ...untilStarted,
        },
      },
      {
        extends: true,
        test: { name: "canary", include: [canaryTests], testTimeout: 300_000, hookTimeout: 300_000 },
      },
    ],
  },
});

export default config;
