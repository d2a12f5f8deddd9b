import { TondoError } from "../../../core/index.ts";
import { cassandraError } from "./cassandra-error.ts";
import {
  addFirstCql,
  addPositionCql,
  addPushedCql,
  controlTable,
  createControlCql,
  createKeyspaceCql,
  createPushedCql,
  pushedTables,
  quoteName,
  schemaVersion,
} from "./cassandra-schema.ts";
import type { Session } from "./session.ts";
import { settleDecision } from "./settle-decision.ts";

const doing = "opening the online store";

/**
 * Finds the keyspace and the control table, or makes them where that is asked for, and looks at their form.
 *
 * @throws TondoError `STORE_MISSING`, `DATABASE_NEWER`, and what the session throws
 */
export async function openSchema(session: Session): Promise<void> {
  const { keyspace, where, options, store } = session.settled;
  const { migrate = true } = options;
  let replication = await replicationOf(session);
  if (replication === undefined) {
    const cql = createKeyspaceCql(keyspace, options.replication);
    if (options.createKeyspace !== true) {
      throw missing(`there is no keyspace "${keyspace}"`, cql, "Make it, or set `createKeyspace`", where);
    }
    await session.define(doing, cql);
    replication = await replicationOf(session);
  }
  session.hasSeveralDataCentres = dataCentres(replication) > 1;
  const names = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?";
  const tables = await session.ask(doing, names, [keyspace]);
  if (!tables.some((row) => row["table_name"] === controlTable)) {
    const cql = createControlCql(keyspace);
    if (!migrate)
      throw missing(`"${keyspace}" has no table "${controlTable}"`, cql, "Make it, or set `migrate`", where);
    await session.define(doing, cql);
  }
  const control = `${quoteName(keyspace)}.${quoteName(controlTable)}`;
  const [row] = await whenThere(() =>
    session.ask(doing, `SELECT form FROM ${control} WHERE store = ? LIMIT 1`, [store], true),
  );
  const found = (row?.["form"] ?? null) as number | null;
  if (found !== null && found > schemaVersion) {
    throw new TondoError(
      "DATABASE_NEWER",
      `the online store's tables are of form ${String(found)}, and this program knows ${String(schemaVersion)}`,
      { where, hint: "Use the release of Tondo that made them, or a newer one." },
    );
  }
  if (found === schemaVersion) return;
  if (found !== null && !migrate) {
    const [cql, lacks] =
      found < 2
        ? [addPushedCql(keyspace), "takes no pushed rows"]
        : found < 3
          ? [addPositionCql(keyspace), "takes no streams"]
          : [addFirstCql(keyspace), "does not say beside pushed rows since when they count"];
    const what = `the tables of "${keyspace}" are of form ${String(found)}, which ${lacks}`;
    throw missing(what, cql, "Open the store once with `migrate`, which makes of it what `tondo plan` shows", where);
  }
  if (migrate) {
    await bringForward(session);
    const query = `UPDATE ${control} SET form = ? WHERE store = ? IF form = ?`;
    try {
      // Whoever is second finds it set, and so does who does it again.
      await settleDecision(
        () => session.decide([{ query, params: [schemaVersion, store, found] }]),
        () => Promise.resolve(false),
      );
    } catch (error) {
      throw cassandraError(error, doing, where);
    }
  }
}

/** Makes what this form has, and an earlier one has not. */
async function bringForward(session: Session): Promise<void> {
  const { keyspace } = session.settled;
  await addColumn(session, controlTable, "pushed", addPushedCql(keyspace));
  const names = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?";
  const there = new Set((await session.ask(doing, names, [keyspace])).map((row) => row["table_name"]));
  const made = createPushedCql(keyspace);
  for (const [i, table] of Object.values(pushedTables).entries()) {
    const cql = made[i];
    if (cql !== undefined && !there.has(table)) await session.define(doing, cql);
  }
  await addColumn(session, pushedTables.order, "position", addPositionCql(keyspace));
  await addColumn(session, pushedTables.keys, "first", addFirstCql(keyspace));
  for (const table of Object.values(pushedTables))
    await whenThere(() => session.ask(doing, `SELECT * FROM ${quoteName(keyspace)}.${quoteName(table)} LIMIT 1`, []));
}

/** Adds a column to a table that has not got it. */
async function addColumn(session: Session, table: string, column: string, cql: string): Promise<void> {
  const query = "SELECT column_name FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?";
  const has = async (): Promise<boolean> => {
    const columns = await session.ask(doing, query, [session.settled.keyspace, table]);
    return columns.some((row) => row["column_name"] === column);
  };
  if (await whenThere(has)) return;
  try {
    await session.define(doing, cql);
  } catch (error) {
    // Another may have added it meanwhile.
    if (!(await has())) throw error;
  }
}

/** Asks again while a table that somebody else has just made is listed, and not there yet. */
async function whenThere<T>(ask: () => Promise<T>): Promise<T> {
  for (const pause of [20, 40, 80, 160, 320, 640, 1280]) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof TondoError && error.code === "STORE_MISSING")) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return ask();
}

async function replicationOf(session: Session): Promise<Readonly<Record<string, string>> | undefined> {
  const cql = "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?";
  const [row] = await session.ask(doing, cql, [session.settled.keyspace]);
  return row === undefined ? undefined : (row["replication"] as Readonly<Record<string, string>>);
}

function dataCentres(replication: Readonly<Record<string, string>> = {}): number {
  const names = Object.keys(replication).filter((name) => name !== "class");
  return replication["class"]?.endsWith("NetworkTopologyStrategy") === true ? names.length : 1;
}

function missing(what: string, cql: string, hint: string, where: string): TondoError {
  return new TondoError("STORE_MISSING", what, { where, hint: `${hint}: ${cql}`, details: { cql } });
}
