import type { QueryOptions, types } from "cassandra-driver";
import { decodePointer, type GroupPointer } from "../group-pointer.ts";
import { controlError } from "./cassandra-error.ts";
import { controlTable, quoteName } from "./cassandra-schema.ts";
import type { PointerSnapshot, ReadPointers } from "./pointer-cache.ts";
import type { Row, Session } from "./session.ts";

/** Pointers with the moments at which they were switched to, by Cassandra's own clock. */
interface ReadSnapshot extends Pick<PointerSnapshot, "pointers"> {
  readonly switched: ReadonlyMap<string, string>;
}

/**
 * Makes what reads pointers: first when each was switched to, and only where one of these has changed the pointers, in one query, which sees all of a switch
 * or nothing of it.
 */
export function pointerReader(session: Session): ReadPointers {
  const { settled, client } = session;
  const from = `FROM ${quoteName(settled.keyspace)}.${quoteName(controlTable)} WHERE store = ? AND "group" IN ? AND entry = 0`;
  const moments = `SELECT "group", writetime(pointer) AS switched ${from}`;
  const pointers = `SELECT "group", pointer, writetime(pointer) AS switched ${from}`;
  const options: QueryOptions = session.pointerOptions();
  const ask = async (query: string, groups: readonly string[]): Promise<readonly Row[]> => {
    try {
      return (await client.execute(query, [settled.store, [...groups]], options)).rows;
    } catch (error) {
      throw controlError(error, "reading what is current in the online store", settled.where);
    }
  };
  let last: ReadSnapshot | undefined;
  return async (groups) => {
    const known = last;
    const isKnown = known !== undefined && groups.every((group) => known.pointers.has(group));
    if (isKnown && isSame(known, await ask(moments, groups))) return known.pointers;
    const rows = await ask(pointers, groups);
    const found = new Map<string, GroupPointer | undefined>(groups.map((group) => [group, undefined]));
    for (const row of rows) {
      const bytes = (row["pointer"] ?? null) as Buffer | null;
      if (bytes !== null) found.set(row["group"] as string, decodePointer(bytes));
    }
    last = { pointers: found, switched: switchedOf(rows) };
    return found;
  };
}

function isSame({ switched }: ReadSnapshot, rows: readonly Row[]): boolean {
  const now = switchedOf(rows);
  if (now.size !== switched.size) return false;
  for (const [group, moment] of now) if (switched.get(group) !== moment) return false;
  return true;
}

function switchedOf(rows: readonly Row[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const row of rows) {
    const moment = (row["switched"] ?? null) as types.Long | null;
    if (moment !== null) found.set(row["group"] as string, moment.toString());
  }
  return found;
}
