import { TondoError } from "../../core/index.ts";

/** How often an aborted statement is told again to end, milliseconds: told before it has begun, it would not hear. */
const againMs = 20;

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
  if (signal.aborted) throw new TondoError("ABORTED", `${doing} was cancelled`, { cause: signal.reason });
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
