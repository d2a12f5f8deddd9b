import { kill, pid } from "node:process";

/** A process that is killed before the n-th operation it does through this, counted from 0: what comes after one is what comes before the next. */
export function mortalAt(n: number): <T>(work: () => Promise<T>) => Promise<T> {
  let left = n;
  return async (work) => {
    if (left-- === 0) kill(pid, "SIGKILL");
    return work();
  };
}
