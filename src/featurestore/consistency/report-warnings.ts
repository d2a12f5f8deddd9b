import type { ChosenFiles } from "./log-files.ts";
import type { Replay } from "./replay.ts";
import type { ConsistencyWarning, OutputConsistency } from "./report.ts";

/** What of a log is not replayed. */
export type LeftOut = Omit<ChosenFiles, "files">;

/** What a report warns of, beside the limits of what agreement covers. */
export function warningsOf(
  rows: number,
  { definitions, otherVectors, untimed, isUnsigned }: LeftOut,
  outputs: readonly OutputConsistency[],
  replayed: Replay | undefined,
): readonly ConsistencyWarning[] {
  const warnings: ConsistencyWarning[] = [];
  const warn = (code: ConsistencyWarning["code"], message: string, n: number): void => {
    warnings.push({ code, message, rows: n });
  };
  if (rows === 0)
    warn(
      "nothing-logged",
      "the log has no request of this vector, its definition and the period; that of the home is read once `tondo served compact` has made it public",
      0,
    );
  else if (outputs.every(({ compared }) => compared === 0))
    warn("nothing-compared", "no request has a value that could be compared", rows);
  for (const { fingerprint, rows: n } of definitions) {
    warn(
      "other-definitions",
      `${countedRequests(n)} served by another definition of the vector (fingerprint ${fingerprint.slice(0, 12)}) left out: what it meant then is not what it means now`,
      n,
    );
  }
  if (otherVectors > 0)
    warn("other-vectors", `${countedRequests(otherVectors)} of other vectors left out`, otherVectors);
  if (untimed > 0) warn("untimed", `${countedRequests(untimed)} without a moment left out`, untimed);
  if (isUnsigned)
    warn(
      "no-fingerprint",
      "the log does not say by which definition its requests were served: they are taken for those of this one",
      rows,
    );
  if (replayed !== undefined && replayed.unfitted > 0)
    warn(
      "model-gone",
      `the slots of ${countedRequests(replayed.unfitted)} are not compared: what was fitted for their models is not in the registry`,
      replayed.unfitted,
    );
  const away = Math.max(0, ...outputs.map(({ unavailable }) => unavailable));
  if (away > 0)
    warn(
      "unavailable",
      `up to ${countedRequests(away)} of a feature had no answer, since the store was away or late: they are not compared`,
      away,
    );
  return warnings;
}

/** `1 request`, `12,345 requests`. */
export function countedRequests(n: number): string {
  return `${n.toLocaleString("en-US")} ${n === 1 ? "request" : "requests"}`;
}
