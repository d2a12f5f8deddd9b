/** Where long work says how far it is. The command line draws it; the default says nothing. */
export interface Progress {
  /** A step has begun; `total` is the number of units it will take, if known. */
  start(step: string, total?: number): void;
  /** That many units of the current step are done so far. */
  update(done: number): void;
  /** The current step is over; `summary` says what came of it, in a few words. */
  finish(summary?: string): void;
}

/** Says nothing. */
export const silentProgress: Progress = {
  start: () => undefined,
  update: () => undefined,
  finish: () => undefined,
};
