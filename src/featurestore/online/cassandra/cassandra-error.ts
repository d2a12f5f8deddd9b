import { type ErrorCode, TondoError } from "../../../core/index.ts";
import { driverFailure, type FailureReason } from "./driver-failure.ts";

const codes: Readonly<Record<FailureReason, ErrorCode>> = {
  denied: "STORE_DENIED",
  timeout: "STORE_UNAVAILABLE",
  replicas: "STORE_UNAVAILABLE",
  overloaded: "STORE_UNAVAILABLE",
  tls: "STORE_UNAVAILABLE",
  "no-node": "STORE_UNAVAILABLE",
  "no-keyspace": "STORE_MISSING",
  gone: "GENERATION_GONE",
  unprepared: "STORE_UNAVAILABLE",
  "wrong-data-centre": "INVALID_ARGUMENT",
  refused: "STORE_FAILED",
};

const hints: Readonly<Record<FailureReason, string>> = {
  denied: "Check the user name and the password, and what the account may do in the keyspace.",
  timeout: "The nodes are slow or stand still: try again, or raise the limits `readTimeoutMs` and `writeTimeoutMs`.",
  replicas: "Fewer replicas answer than the consistency asks for: see `nodetool status`, then try again.",
  overloaded: "Ask for less at once (`maxInFlight`), open more connections (`connectionsPerNode`), or add nodes.",
  tls: "Check `tls`: the authority that signed the nodes' certificates, and the addresses these are made for.",
  "no-node": "Check the contact points, the port and TLS, and that the nodes run; it goes on by itself once they do.",
  "no-keyspace": "Give another keyspace, or make it: `createKeyspace`.",
  gone: "It was loaded anew twice meanwhile: read again.",
  unprepared: "The nodes are starting, or the table is being changed: try again.",
  "wrong-data-centre": "Give the name of the nearest one as `localDataCenter`; `nodetool status` says the names.",
  refused: "This looks like a defect; please report it.",
};

/** An error of Cassandra or its driver as this library's; what already is one stays as it is. */
export function cassandraError(error: unknown, doing: string, where: string): TondoError {
  if (error instanceof TondoError) return error;
  const { reason, message, code } = driverFailure(error);
  const said = reason === "gone" ? "the generation was removed" : message;
  return new TondoError(codes[reason], `${doing}: ${said}`, {
    where,
    hint: hints[reason],
    details: { reason, ...(code === undefined ? {} : { code }) },
    cause: error,
  });
}

/** An error of what was asked of the store's own tables, and not of a generation's. */
export function controlError(error: unknown, doing: string, where: string): TondoError {
  const made = cassandraError(error, doing, where);
  if (made.code !== "GENERATION_GONE") return made;
  return new TondoError("STORE_MISSING", `${doing}: the store's own table is not there`, {
    where,
    hint: "Open the store with `migrate`, and load the groups.",
    details: made.details,
    cause: error,
  });
}

/** An error for what stands still or is too much at this end. */
export function unavailable(doing: string, said: string, reason: "timeout" | "overloaded", where: string): TondoError {
  return new TondoError(codes[reason], `${doing}: ${said}`, { where, hint: hints[reason], details: { reason } });
}
