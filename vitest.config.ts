import { availableParallelism } from "node:os";
import { defineConfig, type ViteUserConfigExport } from "vitest/config";

const unitTests = "test/**/*.test.ts";
const integrationTests = "test/**/*.integration.test.ts";
const cassandraTests = "test/**/*.cassandra.test.ts";
const canaryTests = "test/canary/**/*.test.ts";

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
        test: { name: "unit", include: [unitTests], exclude: [integrationTests, cassandraTests, canaryTests] },
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
          globalSetup: ["test/servers/shared-cassandra-setup.ts"],
          // One that starts takes ten seconds on two free cores, and three minutes at the most.
          testTimeout: 240_000,
          hookTimeout: 240_000,
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
