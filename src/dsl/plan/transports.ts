import type { FileTransportPlan, SourcePlan } from "./plan.ts";

/** The places where a source's rows lie in files; none where they only come by a topic. */
export function filesAtRest({ transports }: Pick<SourcePlan, "transports">): readonly FileTransportPlan[] {
  return transports.filter((transport) => transport.format !== "kafka");
}

/**
 * How long after it happened a row of a source may become known, microseconds: the largest `lag` of its transports. What looks
 * forward waits so long for the last of its rows.
 */
export function lagOf({ transports }: Pick<SourcePlan, "transports">): number {
  return Math.max(0, ...transports.map(({ lag = 0 }) => lag));
}
