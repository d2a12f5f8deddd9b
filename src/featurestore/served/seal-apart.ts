import { existsSync, statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { defined, type ErrorCode, TondoError } from "../../core/index.ts";
import { sealJournal, type SealResult } from "./seal.ts";

/** What the thread answers with. */
export type SealedApart = { readonly result: SealResult } | { readonly failure: Failure };

interface Failure extends Record<"hint" | "where", string | undefined> {
  readonly code: ErrorCode;
  readonly message: string;
  readonly cause: unknown;
}

/** Journals up to this size are sealed sooner than a thread is started, bytes. */
const smallBytes = 128 * 1024;

/**
 * Seals a journal in a thread of its own: Parquet costs several times what logging does, and requests must not wait for it. Where the thread's script is
 * not there, since a bundler has made one file of all, it is done here, some rows at a time. See {@link sealJournal}; once the signal comes it is given up, which leaves
 * the journal as it is.
 */
export async function sealApart(path: string, signal: AbortSignal): Promise<SealResult> {
  const script = new URL(import.meta.url.endsWith(".ts") ? "./seal-worker.ts" : "./seal-worker.js", import.meta.url);
  // Of one that is not there any more nothing is left to do.
  const isSmall = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= smallBytes;
  if (isSmall || !existsSync(script)) return sealJournal(path, signal);
  const worker = new Worker(script, { workerData: path, execArgv: [] });
  const stop = (): void => {
    void worker.terminate();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const answer = await answerOf(worker);
    if ("result" in answer) return answer.result;
    const { code, message, hint, where, cause } = answer.failure;
    throw new TondoError(code, message, defined({ hint, where, cause }));
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function answerOf(worker: Worker): Promise<SealedApart> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => {
      reject(new TondoError("ABORTED", "the thread that seals a journal of served features was ended"));
    });
  });
}
