/** The time in nanoseconds, from any origin; replaced in tests. */
export type Stopwatch = () => bigint;

/** Node's monotonic clock. */
export const monotonic: Stopwatch = () => process.hrtime.bigint();

/** What an asynchronous work gives back that has measured itself, in another process say, with what it leaves out. */
export class OwnTime {
  readonly nanoseconds: number;

  constructor(nanoseconds: number) {
    this.nanoseconds = nanoseconds;
  }
}

/** The last results, so that no engine can see that nobody wants them. */
const kept: unknown[] = [undefined, undefined];

/**
 * Nanoseconds of `calls` calls one after the other. Asynchronous ones are awaited, and only they; where they give an {@link OwnTime} it
 * counts instead of the clock.
 */
export async function sample(work: () => unknown, calls: number, stopwatch: Stopwatch): Promise<number> {
  let result: unknown;
  let own: number | undefined;
  const started = stopwatch();
  for (let call = 0; call < calls; call++) {
    result = work();
    if (!(result instanceof Promise)) continue;
    result = await result;
    if (result instanceof OwnTime) own = (own ?? 0) + result.nanoseconds;
  }
  const elapsed = Number(stopwatch() - started);
  kept[calls & 1] = result;
  return own ?? elapsed;
}

/** A sample is at least this long, so that the clock's grain and the call of it do not count. */
export const sampleNanoseconds = 20e6;

/**
 * How many calls make a sample of at least {@link sampleNanoseconds}: doubled until they do. Warms the code up on its
 * way.
 */
export async function calibrate(work: () => unknown, stopwatch: Stopwatch): Promise<number> {
  for (let calls = 1; ; calls *= 2) {
    if ((await sample(work, calls, stopwatch)) >= sampleNanoseconds) return calls;
  }
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const above = sorted[sorted.length >> 1];
  const below = sorted[(sorted.length - 1) >> 1];
  if (above === undefined || below === undefined) throw new Error("the median of nothing");
  return (above + below) / 2;
}
