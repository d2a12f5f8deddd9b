import type { CassandraOptions } from "./cassandra-options.ts";
import { generationTable } from "./generation-table.ts";
import { settleOptions } from "./settle-options.ts";

/** The form of the tables; raised whenever it changes. */
export const schemaVersion = 4;

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
  state text, held boolean, pushed text,
  PRIMARY KEY (store, "group", entry)
) WITH comment = 'Tondo: which generation of each group is current'`;
}

/** Brings the control table of form 1 to form 2: it says to which overlays of a group rows were pushed. */
export function addPushedCql(keyspace: string): string {
  return `ALTER TABLE ${quoteName(keyspace)}.${quoteName(controlTable)} ADD pushed text`;
}

/** Brings the table of what stands from form 2 to form 3: it says how far topics are read. */
export function addPositionCql(keyspace: string): string {
  return `ALTER TABLE ${quoteName(keyspace)}.${quoteName(pushedTables.order)} ADD position text`;
}

/** Brings the table of keys from form 3 to form 4: it says since when rows count. */
export function addFirstCql(keyspace: string): string {
  return `ALTER TABLE ${quoteName(keyspace)}.${quoteName(pushedTables.keys)} ADD first double static`;
}

/** The tables of rows that programs push: see `CassandraPushed`. */
export const pushedTables = {
  order: "pushed_order",
  batches: "pushed_batches",
  keys: "pushed_keys",
  log: "pushed_log",
  rows: "pushed_rows",
} as const;

/**
 * Makes the tables of rows that programs push. Batches are taken out of the order one by one, and what is taken out is none the worse for coming back: so it is
 * forgotten after an hour.
 */
export function createPushedCql(keyspace: string): readonly string[] {
  const name = (table: keyof typeof pushedTables): string =>
    `CREATE TABLE IF NOT EXISTS ${quoteName(keyspace)}.${quoteName(pushedTables[table])}`;
  return [
    `${name("order")} (
  store text, entry text, last double, floor double, home text,
  push text, source text, first double, rows int, spread boolean, refused boolean,
  feed text, overlay text, since double, position text,
  PRIMARY KEY (store, entry)
) WITH comment = 'Tondo: which pushes stand, in the order of their moments, which groups they come in, and how far topics are read' AND gc_grace_seconds = 3600`,
    `${name("batches")} (
  scope text, hour int, push text, began timestamp, retired double static, held boolean static,
  PRIMARY KEY ((scope, hour), push)
) WITH comment = 'Tondo: where pushes wrote rows'`,
    `${name("keys")} (
  push text, scope text, key blob, first double static,
  PRIMARY KEY (push, scope, key)
) WITH comment = 'Tondo: under which keys pushes wrote rows, and since when these count'`,
    `${name("log")} (
  push text, place int, columns text,
  PRIMARY KEY (push, place)
) WITH comment = 'Tondo: pushed rows for loads'`,
    `${name("rows")} (
  scope text, key blob, push text, place int, since double, t double, k double, columns text,
  PRIMARY KEY ((scope, key), push, place)
) WITH comment = 'Tondo: pushed rows for requests'`,
  ];
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
 * The CQL by which a store is made, statement by statement, to be read before it is run: the keyspace where that is to be made, the control table, those of
 * pushed rows, and the table that each load makes, here of the first generation of `entity:group`.
 *
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function cassandraSchema(options: CassandraOptions): readonly string[] {
  const { keyspace, store } = settleOptions(options);
  const group = "entity:group";
  return [
    ...(options.createKeyspace === true ? [createKeyspaceCql(keyspace, options.replication)] : []),
    createControlCql(keyspace),
    ...createPushedCql(keyspace),
    createGenerationCql(keyspace, generationTable(store, group, 1), group),
  ];
}
