/** What a step is busy with. */
export interface ProgressPart {
  /** In a few words: `joining restaurant:kitchen`. */
  readonly name: string;
  /** Rows that were looked at so far, and how many there are to look at, where that is known. Work of several statements begins anew with each. */
  readonly rows: number;
  readonly total?: number;
}

/** Where long work says how far it is. The command line draws it; the default says nothing. */
export interface Progress {
  /** A step has begun; `total` is the number of units it will take, if known. */
  start(step: string, total?: number): void;
  /** That many units of the current step are done so far. */
  update(done: number): void;
  /** What the current step is busy with; told several times a second. Who draws steps only leaves it out. */
  within?(part: ProgressPart): void;
  /** The current step is over; `summary` says what came of it, in a few words. */
  finish(summary?: string): void;
}

/** Says nothing. */
export const silentProgress: Progress = {
  start: () => undefined,
  update: () => undefined,
  finish: () => undefined,
};
