/** What kept a request from its answer. */
export type FailureReason =
  | "denied"
  | "timeout"
  | "replicas"
  | "overloaded"
  | "tls"
  | "no-node"
  | "no-keyspace"
  | "gone"
  | "unprepared"
  | "wrong-data-centre"
  | "refused";

/** A failure of the driver, told apart. */
export interface DriverFailure {
  readonly reason: FailureReason;
  readonly message: string;
  /** Whether a write may have been done, or be done later, all the same. */
  readonly isUnknown: boolean;
  /** Cassandra's own code. */
  readonly code?: number;
}

// https://cassandra.apache.org/doc/latest/cassandra/reference/native-protocol.html, "Error codes"
const byCode: Readonly<Record<number, FailureReason>> = {
  0x0100: "denied",
  0x1000: "replicas",
  0x1001: "overloaded",
  0x1002: "no-node",
  0x1100: "timeout",
  0x1200: "timeout",
  0x1300: "replicas",
  0x1500: "replicas",
  0x1700: "timeout",
  0x2100: "denied",
  // A statement that a node does not know any more, and could not prepare again: it is starting, or the table is gone.
  0x2500: "unprepared",
};

/** Codes of requests that were never begun. */
const neverBegun = new Set([0x0100, 0x1000, 0x1001, 0x1002, 0x2000, 0x2100, 0x2200, 0x2300, 0x2400, 0x2500]);

/** Of several nodes' failures the one that says most. */
const order: readonly FailureReason[] = [
  "denied",
  "tls",
  "gone",
  "unprepared",
  "no-keyspace",
  "refused",
  "wrong-data-centre",
  "overloaded",
  "timeout",
  "replicas",
  "no-node",
];

/** Tells the driver's errors apart: by their names and codes, whichever copy of the driver made them. */
export function driverFailure(error: unknown): DriverFailure {
  if (!(error instanceof Error)) return { reason: "no-node", message: String(error), isUnknown: false };
  const { message, name } = error;
  const code: unknown = "code" in error ? error.code : undefined;
  if ("innerErrors" in error) return worst(error.innerErrors, message);
  if (name === "AuthenticationError") return { reason: "denied", message, isUnknown: false };
  if (name === "OperationTimedOutError") return { reason: "timeout", message, isUnknown: true };
  if (name === "BusyConnectionError") return { reason: "overloaded", message, isUnknown: false };
  if (name === "ArgumentError" && message.includes("localDataCenter")) {
    return { reason: "wrong-data-centre", message, isUnknown: false };
  }
  if (typeof code === "number") {
    const reason = byCode[code] ?? (code === 0x2200 ? invalidReason(message) : "refused");
    return { reason, message, isUnknown: !neverBegun.has(code), code };
  }
  if (typeof code === "string" && /CERT|TLS|SSL|^SELF_SIGNED|^UNABLE_TO/.test(code)) {
    return { reason: "tls", message, isUnknown: false };
  }
  const isSocket = typeof code === "string" || "isSocketError" in error || name === "Error";
  return { reason: isSocket ? "no-node" : "refused", message, isUnknown: isSocket };
}

function invalidReason(message: string): FailureReason {
  if (/keyspace\b.*(does not exist|unknown)/i.test(message)) return "no-keyspace";
  return /unconfigured table|table\b.*does not exist|unknown table/i.test(message) ? "gone" : "refused";
}

function worst(inner: unknown, message: string): DriverFailure {
  const values: readonly unknown[] = typeof inner === "object" && inner !== null ? Object.values(inner) : [];
  const failures = values.filter((one) => one !== null && one !== undefined).map(driverFailure);
  let [found] = failures;
  for (const one of failures) {
    if (found === undefined || order.indexOf(one.reason) < order.indexOf(found.reason)) found = one;
  }
  if (found === undefined) return { reason: "no-node", message, isUnknown: false };
  return { ...found, isUnknown: failures.some(({ isUnknown }) => isUnknown) };
}
