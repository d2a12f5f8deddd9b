/** The points at which the work of a process can be ended: its operations on disk and store, by name, before and after each. */
import { AsyncLocalStorage } from "node:async_hooks";
import { writeSync } from "node:fs";
import { env, kill, pid } from "node:process";

/** At which point this process ends, and how many times it passes it before; counts all where there is none. */
const fatal = env["TONDO_FAULT_POINT"];
let left = Number(env["TONDO_FAULT_AFTER"] ?? 0);
const counts = new Map<string, number>();

/** What a store is asked to do just now. */
const asked = new AsyncLocalStorage<{ readonly what: string; readonly times: Map<string, number> }>();

/** Does what a store is asked to do, in words, so that what its driver does for it has a name. */
export function asking<T>(what: string, work: () => Promise<T>): Promise<T> {
  return asked.run({ what, times: new Map() }, work);
}

/** The name of something that a driver does: for what, and the how manieth of its kind. */
export function nameOf(operation: string): string {
  const { what = "close", times } = asked.getStore() ?? {};
  const time = (times?.get(operation) ?? 0) + 1;
  times?.set(operation, time);
  return `${what}: ${operation}${time === 1 ? "" : ` ${String(time)}`}`;
}

function pass(point: string): void {
  counts.set(point, (counts.get(point) ?? 0) + 1);
  if (point === fatal && left-- === 0) kill(pid, "SIGKILL");
}

/** Passes the point before something that is done elsewhere. */
export function before(name: string): void {
  pass(`before ${name}`);
}

/** Passes the point after it. */
export function after(name: string): void {
  pass(`after ${name}`);
}

/** Passes the points before and after some work. */
export async function around<T>(name: string, work: () => Promise<T>): Promise<T> {
  pass(`before ${name}`);
  const result = await work();
  pass(`after ${name}`);
  return result;
}

/** The same of work that is done at once. */
export function aroundSync<T>(name: string, work: () => T): T {
  pass(`before ${name}`);
  const result = work();
  pass(`after ${name}`);
  return result;
}

/** Says to whoever started this process that something was acknowledged: it must never be lost. */
export function acknowledge(what: string): void {
  writeSync(1, `${JSON.stringify({ acknowledged: what })}\n`);
}

/** Says which points were passed, and how many times. */
export function tellPoints(): void {
  writeSync(1, `${JSON.stringify({ points: Object.fromEntries(counts) })}\n`);
}
