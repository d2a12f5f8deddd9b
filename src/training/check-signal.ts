import { setImmediate } from "node:timers/promises";
import { TondoError } from "../core/index.ts";

/** @throws TondoError `ABORTED` once the signal was given. */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new TondoError("ABORTED", "training was stopped", {
      hint: "Start it again when it suits.",
      cause: signal.reason,
    });
  }
}

/** Lets other work of the process run, so that it can give the signal, and checks it. @throws TondoError `ABORTED` */
export async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  checkSignal(signal);
}
