import { TondoError } from "../../src/index.ts";

/** The Kafka and the Cassandra that the example runs on. */
export interface Servers {
  /** Such as `127.0.0.1:9092`. */
  readonly brokers: readonly string[];
  /** Such as `127.0.0.1`, with `:9042` or without. */
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
}

/** What lacks, and how to have it. */
export function lacking(
  code: "USAGE" | "EVENTS_UNAVAILABLE" | "STORE_UNAVAILABLE",
  what: string,
  cause?: unknown,
): TondoError {
  const said = cause instanceof Error ? `: ${cause.message.split("\n", 1).join("")}` : "";
  return new TondoError(code, `${what}${said}`, {
    hint:
      "The example needs a Kafka and a Cassandra that run. `npm run example:stream` starts both and ends them; or start your own and say where they are, " +
      "by --kafka HOST:PORT and --cassandra HOST[:PORT].",
    cause,
  });
}
