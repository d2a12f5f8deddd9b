/** A thread that seals one journal, whose path it is given: see `sealApart`. */
import { parentPort, workerData } from "node:worker_threads";
import { TondoError } from "../../core/index.ts";
import { sealJournal } from "./seal.ts";
import type { SealedApart } from "./seal-apart.ts";

let answer: SealedApart;
try {
  answer = { result: await sealJournal(String(workerData)) };
} catch (error) {
  if (!(error instanceof TondoError)) throw error;
  const { code, message, hint, where } = error;
  answer = { failure: { code, message, hint, where, cause: error.cause } };
}
parentPort?.postMessage(answer);
