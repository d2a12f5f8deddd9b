import type { QueryOptions, types } from "cassandra-driver";
import { decodePointer, type GroupPointer } from "../group-pointer.ts";
import { controlError } from "./cassandra-error.ts";
import { controlTable, quoteName } from "./cassandra-schema.ts";
import { overlaysOf } from "./control-table.ts";
import type { PointerSnapshot, ReadPointers } from "./pointer-cache.ts";
import type { Row, Session } from "./session.ts";

/** Pointers with the moments at which they were switched to, and overlays were marked, by Cassandra's own clock. */
interface ReadSnapshot extends Omit<PointerSnapshot, "readAt"> {
  readonly switched: ReadonlyMap<string, string>;
}

/**
 * Makes what reads pointers: first when each was switched to, and only where one of these has changed the pointers, in one query, which sees all of a switch
 * or nothing of it.
 */
export function pointerReader(session: Session): ReadPointers {
  const { settled, client } = session;
  const from = `FROM ${quoteName(settled.keyspace)}.${quoteName(controlTable)} WHERE store = ? AND "group" IN ? AND entry = 0`;
  const written = "writetime(pointer) AS switched, writetime(pushed) AS marked";
  const moments = `SELECT "group", ${written} ${from}`;
  const pointers = `SELECT "group", pointer, pushed, ${written} ${from}`;
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
    if (isKnown && isSame(known, await ask(moments, groups))) return known;
    const rows = await ask(pointers, groups);
    const found = new Map<string, GroupPointer | undefined>(groups.map((group) => [group, undefined]));
    const overlays = new Map<string, ReadonlySet<string>>();
    for (const row of rows) {
      const bytes = (row["pointer"] ?? null) as Buffer | null;
      if (bytes !== null) found.set(row["group"] as string, decodePointer(bytes));
      const pushed = (row["pushed"] ?? null) as string | null;
      if (pushed !== null) overlays.set(row["group"] as string, overlaysOf(pushed));
    }
    last = { pointers: found, overlays, switched: switchedOf(rows) };
    return last;
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
    const marked = (row["marked"] ?? null) as types.Long | null;
    if (moment !== null) found.set(row["group"] as string, `${moment.toString()} ${marked?.toString() ?? ""}`);
  }
  return found;
}
