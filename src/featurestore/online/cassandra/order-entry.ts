import { unavailable } from "./cassandra-error.ts";
import { pushedTables, quoteName } from "./cassandra-schema.ts";
import type { Session, Statement } from "./session.ts";

/** The table in which it stands what was decided of pushes, and how far topics are read: all of a store in one partition. */
export function orderTable({ settled }: Session): string {
  return `${quoteName(settled.keyspace)}.${quoteName(pushedTables.order)}`;
}

/** What changes an entry of it; a condition may follow. */
export function updateEntry(
  session: Session,
  entry: string,
  set: string,
  values: readonly unknown[],
  seconds?: number,
): Statement {
  const ttl = seconds === undefined ? "" : ` USING TTL ${String(seconds)}`;
  return {
    query: `UPDATE ${orderTable(session)}${ttl} SET ${set} WHERE store = ? AND entry = ?`,
    params: [...values, session.settled.store, entry],
  };
}

/** A failure for who finds others at it again and again. */
export function crowded({ settled }: Session, doing: string): Error {
  return unavailable(doing, "others push at the same time, again and again", "overloaded", settled.where);
}
