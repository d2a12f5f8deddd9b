// A thread that appends events to files of a topic at a steady rate, and says when it had appended how many: see `delay-at-half-load.ts`.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { order } from "./shop.ts";

/** What the thread is to do. */
export interface SteadyWork {
  readonly folder: string;
  readonly files: number;
  readonly eventsPerSecond: number;
  readonly seconds: number;
}

/** What it says: so many events are in a file since then, by the system's clock. */
export interface Appended {
  readonly file: string;
  readonly events: number;
  readonly at: number;
}

const everyMs = 10;
const { folder, files, eventsPerSecond, seconds } = workerData as SteadyWork;
const counts = new Array<number>(files).fill(0);
const started = Date.now();
for (let turn = 0; turn * everyMs < seconds * 1000; turn++) {
  await sleep(Math.max(0, started + turn * everyMs - Date.now()));
  for (const [i, before] of counts.entries()) {
    const events = Math.round(((turn + 1) * everyMs * eventsPerSecond) / 1000 / files);
    const file = `p${String(i)}.ndjson`;
    appendFileSync(join(folder, file), Array.from({ length: events - before }, () => `${order()}\n`).join(""));
    counts[i] = events;
    parentPort?.postMessage({ file, events, at: Date.now() } satisfies Appended);
  }
}
