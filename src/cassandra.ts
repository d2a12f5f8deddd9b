/** The online store of many machines; needs the optional package `cassandra-driver`, which is loaded when a store is opened. */
export {
  type CassandraConsistency,
  type CassandraLimits,
  type CassandraOptions,
  type CassandraSerialConsistency,
  cassandraSchema,
  CassandraStore,
  type CassandraTls,
  defaultCassandraLimits,
  parseCassandraUrl,
} from "./featurestore/online/cassandra/index.ts";
