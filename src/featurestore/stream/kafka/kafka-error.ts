import { TondoError } from "../../../core/index.ts";

/** What the client says of a failure, as far as it is looked at. */
interface ClientFailure {
  readonly name?: string;
  readonly type?: string;
  readonly message?: string;
  /** Whether it may go well a little later. */
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

const denied = /AUTHORIZATION|AUTHENTICATION|SASL/i;

/**
 * A failure of Kafka as this library's own.
 *
 * @param doing what was tried: `"reading orders"`
 */
export function kafkaError(error: unknown, doing: string, brokers: readonly string[]): TondoError {
  if (error instanceof TondoError) return error;
  const where = brokers.join(",");
  const { name, type, message, retriable } = innermost(error);
  const what = `${type ?? ""} ${name ?? ""}`;
  const said = message ?? String(error);
  if (type === "UNKNOWN_TOPIC_OR_PARTITION")
    return new TondoError("TOPIC_MISSING", `Kafka has no such topic, ${doing}`, {
      where,
      hint: "Make it, or mend the name in the definition.",
      cause: error,
    });
  if (denied.test(what))
    return new TondoError("EVENTS_DENIED", `Kafka refuses this client, ${doing}: ${said}`, {
      where,
      hint: "Look at the credentials (`sasl`, `ssl`) and at the rights of the account.",
      cause: error,
    });
  const isLater = type !== undefined && retriable === true;
  if (
    isLater ||
    /Connection|Timeout|BrokerNotFound|NoBroker|NumberOfRetries|LockTimeout/i.test(what) ||
    isOfNetwork(error)
  )
    return new TondoError(
      "EVENTS_UNAVAILABLE",
      `Kafka ${isLater ? "does not answer so far" : "could not be reached"}, ${doing}: ${said}`,
      {
        where,
        hint: "Look whether its brokers run and can be reached from here.",
        cause: error,
      },
    );
  return new TondoError("EVENTS_FAILED", `Kafka failed, ${doing}: ${said}`, {
    where,
    ...(type === undefined ? {} : { details: { type } }),
    cause: error,
  });
}

/** Where retries ran out, what they ran out over. */
function innermost(error: unknown): ClientFailure {
  let at = error as ClientFailure;
  for (let depth = 0; depth < 8; depth++) {
    const inner = at.cause as ClientFailure | undefined;
    if (typeof inner !== "object" || at.type !== undefined) break;
    at = inner;
  }
  return at;
}

function isOfNetwork(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === "string" && /^E(CONN|TIMEDOUT|HOST|NET|PIPE|AI_AGAIN)/.test(code);
}
