import { mavenJars } from "./maven-jars.ts";

/** The release of Apache Cassandra that the tests start. */
export const cassandraVersion = "5.0.9";

/**
 * The folder with Cassandra's jars, fetched when it is first asked for.
 *
 * @throws Error that says what to install
 */
export function cassandraJars(): Promise<string> {
  const artifacts = [`org.apache.cassandra:cassandra-all:${cassandraVersion}`] as const;
  return mavenJars({ name: "Cassandra", version: cassandraVersion, artifacts });
}
