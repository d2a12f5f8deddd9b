import { TondoError } from "../../core/index.ts";

/** How often an aborted statement is told again to end, milliseconds: told before it has begun, it would not hear. */
const againMs = 20;

/**
 * Says that something is not to go on.
 *
 * @throws TondoError `ABORTED` where the signal is aborted
 */
export function refuseAborted(doing: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new TondoError("ABORTED", `${doing} was cancelled`, { cause: signal.reason });
}

/**
 * Does a piece of work that an abort ends: `interrupt` is called until it has.
 *
 * @throws TondoError `ABORTED` where the signal is aborted already
 */
export async function interruptible<T>(
  work: () => Promise<T>,
  doing: string,
  signal: AbortSignal | undefined,
  interrupt: () => void,
): Promise<T> {
  if (signal === undefined) return work();
  refuseAborted(doing, signal);
  let again: NodeJS.Timeout | undefined;
  const end = (): void => {
    interrupt();
    again = setInterval(interrupt, againMs);
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener("abort", end);
    clearInterval(again);
  }
}
