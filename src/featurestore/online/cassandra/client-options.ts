import type { DseClientOptions } from "cassandra-driver";
import type { CassandraDriver } from "./cassandra-module.ts";
import type { CassandraOptions, CassandraTls } from "./cassandra-options.ts";
import { boundedRetry } from "./retry-policy.ts";
import type { SettledOptions } from "./settle-options.ts";

/** Streams of one connection. */
const requestsPerConnection = 2048;

/** A store's options as the driver's. */
export function clientOptions(driver: CassandraDriver, settled: SettledOptions): DseClientOptions {
  const { policies, types } = driver;
  const { options, limits, contactPoints, localDataCenter } = settled;
  const { credentials, speculative } = options;
  const tls = tlsOf(options);
  return {
    contactPoints: [...contactPoints],
    localDataCenter,
    applicationName: "tondo",
    monitorReporting: { enabled: false },
    ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
    ...(tls === undefined ? {} : { sslOptions: tls }),
    // What is read is decoded or copied before anything else is read.
    encoding: { copyBuffer: false },
    pooling: {
      coreConnectionsPerHost: {
        [types.distance.local]: limits.connectionsPerNode,
        [types.distance.remote]: 1,
      },
      maxRequestsPerConnection: requestsPerConnection,
    },
    policies: {
      retry: boundedRetry(driver, limits.retries),
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(
        Math.min(100, limits.reconnectMs),
        limits.reconnectMs,
        false,
      ),
      ...(speculative === undefined
        ? {}
        : {
            speculativeExecution: new policies.speculativeExecution.ConstantSpeculativeExecutionPolicy(
              speculative.delayMs,
              speculative.executions,
            ),
          }),
    },
    socketOptions: { connectTimeout: limits.connectTimeoutMs, readTimeout: limits.readTimeoutMs },
  };
}

function tlsOf({ tls }: CassandraOptions): NonNullable<DseClientOptions["sslOptions"]> | undefined {
  if (tls === undefined || tls === false) return undefined;
  const given: CassandraTls = tls === true ? {} : tls;
  const { ca, ...rest } = given;
  // The driver would take any certificate.
  return {
    rejectUnauthorized: true,
    ...rest,
    ...(ca === undefined ? {} : { ca: typeof ca === "string" || Buffer.isBuffer(ca) ? ca : [...ca] }),
  };
}
