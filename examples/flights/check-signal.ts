import { TondoError } from "../../src/index.ts";

/** @throws TondoError `ABORTED` where the example is interrupted. @param what it does */
export function checkSignal(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted !== true) return;
  throw new TondoError("ABORTED", `${what} was interrupted`, {
    hint: "It begins anew with the next run.",
    cause: signal.reason,
  });
}
