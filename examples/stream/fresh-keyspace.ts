import { Client } from "cassandra-driver";
import { lacking, type Servers } from "./servers.ts";

/** The keyspace that the example makes, and begins by removing. */
export const keyspace = "tondo_example_stream";

const patienceMs = 30_000;

/** Removes what an earlier run has left in Cassandra. @throws TondoError `STORE_UNAVAILABLE` */
export async function removeKeyspace({ contactPoints, localDataCenter }: Servers): Promise<void> {
  const client = new Client({
    ...{ contactPoints: [...contactPoints], localDataCenter, isMetadataSyncEnabled: false },
    socketOptions: { readTimeout: patienceMs },
  });
  try {
    await client.connect();
  } catch (error) {
    await client.shutdown();
    throw lacking("STORE_UNAVAILABLE", `no Cassandra answers at ${contactPoints.join(", ")}`, error);
  }
  try {
    await client.execute(`drop keyspace if exists ${keyspace}`);
  } finally {
    await client.shutdown();
  }
}
