// Started as a process by its path: keeps a Cassandra for the tests.
import { type CassandraParts, CassandraProcess } from "./cassandra-process.ts";
import { keepServer } from "./keep-server.ts";

if (import.meta.main) {
  const parts = JSON.parse(process.argv[2] ?? "") as CassandraParts;
  await keepServer("Cassandra", (folder) => new CassandraProcess(folder, parts));
}
