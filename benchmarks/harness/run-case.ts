import { calibrate, median, monotonic, sample, type Stopwatch } from "./sample.ts";
import { type Case, type Contest, type Figure, type FigureUnit, timeUnits } from "./suite.ts";

/** How to measure. */
export interface MeasureOptions {
  /** Samples of each side; default 7, at least 5. */
  readonly rounds?: number;
  readonly stopwatch?: Stopwatch;
}

const minRounds = 5;
const defaultRounds = 7;
const warmUps = 2;

/**
 * Measures a case: verifies that both sides come to the same result, warms both up, then takes samples of ours and the
 * baseline in turn, so that what slows the machine for a while slows both, and gives the medians.
 *
 * @throws RangeError for fewer than five rounds, a count of pieces that is none, or an unknown unit
 */
export async function runCase(suite: string, benchmark: Case, options: MeasureOptions = {}): Promise<Figure> {
  const { rounds = defaultRounds, stopwatch = monotonic } = options;
  if (!Number.isInteger(rounds) || rounds < minRounds) throw new RangeError(`rounds is at least ${String(minRounds)}`);
  const unit = nanosecondsOf(benchmark.unit);
  const contest = await benchmark.setup();
  try {
    if (!(contest.pieces > 0)) throw new RangeError(`${benchmark.name}: pieces is a count above 0`);
    await contest.verify();
    const { ours, baseline } = await measure(contest, rounds, stopwatch);
    const scale = contest.pieces * unit;
    return {
      suite,
      case: benchmark.name,
      ours: ours / scale,
      baseline: baseline / scale,
      against: benchmark.against,
      unit: benchmark.unit,
      ratio: ours / baseline,
    };
  } finally {
    await contest.close?.();
  }
}

/** Median nanoseconds of one call of each side. */
async function measure(
  contest: Contest,
  rounds: number,
  stopwatch: Stopwatch,
): Promise<{ readonly ours: number; readonly baseline: number }> {
  const { baseline: other } = contest;
  const works = [() => contest.ours(), ...(typeof other === "function" ? [() => other()] : [])];
  const sides = [];
  for (const work of works) {
    for (let call = 0; call < warmUps; call++) await sample(work, 1, stopwatch);
    sides.push({ work, calls: await calibrate(work, stopwatch), times: new Array<number>() });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { work, calls, times } of sides) times.push((await sample(work, calls, stopwatch)) / calls);
  }
  const [ours = 0, measured = 0] = sides.map(({ times }) => median(times));
  return { ours, baseline: typeof other === "function" ? measured : other.nanoseconds };
}

function nanosecondsOf(unit: FigureUnit): number {
  const name = unit.split("/")[0];
  for (const [known, nanoseconds] of Object.entries(timeUnits)) if (known === name) return nanoseconds;
  throw new RangeError(`"${unit}" is not a unit of time, with or without a slash and what it is for`);
}
