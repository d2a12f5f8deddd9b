import type { CassandraOptions } from "./cassandra-options.ts";
import { generationTable } from "./generation-table.ts";
import { settleOptions } from "./settle-options.ts";

/** The form of the tables; raised whenever it changes. */
export const schemaVersion = 1;

/** The table of pointers, leases and generations. */
export const controlTable = "groups";

/** A name in CQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in CQL. */
function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Makes the keyspace. */
export function createKeyspaceCql(keyspace: string, replication: CassandraOptions["replication"] = 1): string {
  const strategy =
    typeof replication === "number"
      ? { class: "SimpleStrategy", replication_factor: replication }
      : { class: "NetworkTopologyStrategy", ...replication };
  const pairs = Object.entries(strategy).map(
    ([name, value]) => `${quoteText(name)}: ${typeof value === "number" ? String(value) : quoteText(value)}`,
  );
  return `CREATE KEYSPACE IF NOT EXISTS ${quoteName(keyspace)} WITH replication = {${pairs.join(", ")}}`;
}

/**
 * Makes the control table. All rows of a store are one partition, so that pointers of several groups move by one conditional batch. Entry 0 of
 * a group is the group itself: its pointer, the next generation's number, who loads it. The other entries are its generations, by number.
 */
export function createControlCql(keyspace: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quoteName(keyspace)}.${quoteName(controlTable)} (
  store text, "group" text, entry int, form int static,
  generation int, pointer blob, next int, holder text, held_until timestamp,
  state text, held boolean,
  PRIMARY KEY (store, "group", entry)
) WITH comment = 'Tondo: which generation of each group is current'`;
}

/**
 * Makes the table of a generation. Each record is written once, so nothing is left behind by overwriting; small chunks, since one record is
 * read at a time. A whole record is part 0x; no other part has a `record`, by which who reads knows that there are some.
 */
export function createGenerationCql(keyspace: string, table: string, group: string): string {
  return `CREATE TABLE ${quoteName(keyspace)}.${quoteName(table)} (key blob, part blob, record blob, PRIMARY KEY (key, part))
WITH comment = ${quoteText(`Tondo: ${group}`)}
AND compaction = {'class': 'SizeTieredCompactionStrategy'}
AND compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}`;
}

/** Removes the table of a generation. */
export function dropGenerationCql(keyspace: string, table: string): string {
  return `DROP TABLE IF EXISTS ${quoteName(keyspace)}.${quoteName(table)}`;
}

/**
 * The CQL by which a store is made, statement by statement, to be read before it is run: the keyspace where that is to be made, the control table, and the
 * table that each load makes, here of the first generation of `entity:group`.
 *
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function cassandraSchema(options: CassandraOptions): readonly string[] {
  const { keyspace, store } = settleOptions(options);
  const group = "entity:group";
  return [
    ...(options.createKeyspace === true ? [createKeyspaceCql(keyspace, options.replication)] : []),
    createControlCql(keyspace),
    createGenerationCql(keyspace, generationTable(store, group, 1), group),
  ];
}
