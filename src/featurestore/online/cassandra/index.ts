export {
  type CassandraConsistency,
  type CassandraLimits,
  type CassandraOptions,
  type CassandraSerialConsistency,
  type CassandraTls,
  defaultCassandraLimits,
} from "./cassandra-options.ts";
export { cassandraSchema } from "./cassandra-schema.ts";
export { CassandraStore } from "./cassandra-store.ts";
export { parseCassandraUrl } from "./cassandra-url.ts";
