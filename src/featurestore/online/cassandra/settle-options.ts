import { TondoError } from "../../../core/index.ts";
import type { CassandraLimits, CassandraOptions } from "./cassandra-options.ts";
import { defaultCassandraLimits } from "./cassandra-options.ts";

/** Options with their defaults, looked at. */
export interface SettledOptions {
  readonly options: CassandraOptions;
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  readonly keyspace: string;
  readonly store: string;
  readonly limits: CassandraLimits;
  /** Nodes and keyspace, for errors. */
  readonly where: string;
}

/** Limits that may be 0. */
const mayBeNone: ReadonlySet<string> = new Set<keyof CassandraLimits>(["pointerAgeMs", "retries", "maxWaiting"]);

/**
 * Looks at options and fills in their defaults.
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function settleOptions(options: CassandraOptions): SettledOptions {
  const { contactPoints, localDataCenter = "datacenter1", keyspace = "tondo", store = "tondo" } = options;
  if (contactPoints.length === 0 || contactPoints.some((one) => one.trim() === "")) {
    throw invalid("contactPoints: no node is named", 'Name one at the least, such as "10.0.0.1" or "cassandra:9042".');
  }
  if (localDataCenter === "") throw invalid("localDataCenter: it has no name", "`nodetool status` says what it is.");
  if (!/^[A-Za-z][A-Za-z0-9_]{0,47}$/.test(keyspace)) {
    throw invalid(
      `keyspace: ${JSON.stringify(keyspace)} is no name of a keyspace`,
      "Use letters, digits and underscores, a letter first, 48 at the most.",
    );
  }
  if (store === "") throw invalid("store: it has no name", "Leave it out for the default.");
  checkReplication(options.replication ?? 1);
  const limits = { ...defaultCassandraLimits, ...options.limits };
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isSafeInteger(value) && value >= (mayBeNone.has(name) ? 0 : 1)) continue;
    throw invalid(`limits.${name}: ${String(value)} is no such number`, "Give a whole number, 1 or more.");
  }
  const { speculative } = options;
  if (speculative !== undefined && !(speculative.delayMs >= 0 && speculative.executions >= 1)) {
    throw invalid("speculative: no such delay, or number of executions", "Give { delayMs: 50, executions: 1 }, say.");
  }
  const where = `${contactPoints.join(",")}/${keyspace}`;
  return { options, contactPoints, localDataCenter, keyspace, store, limits, where };
}

function checkReplication(replication: NonNullable<CassandraOptions["replication"]>): void {
  const factors = typeof replication === "number" ? [replication] : Object.values(replication);
  if (factors.length > 0 && factors.every((factor) => Number.isSafeInteger(factor) && factor >= 1)) return;
  throw invalid("replication: a factor is a whole number, 1 or more", "Give 1, or { dc1: 3, dc2: 3 }.");
}

function invalid(what: string, hint: string): TondoError {
  return new TondoError("INVALID_ARGUMENT", what, { hint });
}
