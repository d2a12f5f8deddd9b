import { calibrate, median, monotonic, sample, type Stopwatch } from "./sample.ts";
import { type Case, type Contest, type Figure, type FigureUnit, timeUnits } from "./suite.ts";

/** How to measure. */
export interface MeasureOptions {
  /** Samples of each side; at least 5. Default: as the case says, or 7. */
  readonly rounds?: number;
  readonly stopwatch?: Stopwatch;
}

const minRounds = 5;
const defaultRounds = 7;
const defaultWarmUps = 2;

/**
 * Measures a case: verifies that both sides come to the same result, warms both up, then takes samples of ours and the
 * baseline in turn, so that what slows the machine for a while slows both, and gives the medians.
 *
 * @throws RangeError for fewer than five rounds, a count of pieces that is none, or an unknown unit
 */
export async function runCase(suite: string, benchmark: Case, options: MeasureOptions = {}): Promise<Figure> {
  const { rounds = benchmark.rounds ?? defaultRounds, stopwatch = monotonic } = options;
  const { warmUps = defaultWarmUps } = benchmark;
  if (!Number.isInteger(rounds) || rounds < minRounds) throw new RangeError(`rounds is at least ${String(minRounds)}`);
  const unit = nanosecondsOf(benchmark.unit);
  const contest = await benchmark.setup();
  try {
    const { pieces, baselinePieces = pieces } = contest;
    if (!(pieces > 0 && baselinePieces > 0)) throw new RangeError(`${benchmark.name}: pieces is a count above 0`);
    await contest.verify();
    const times = await measure(contest, { rounds, warmUps, stopwatch });
    const [ours, baseline] = [times.ours / pieces, times.baseline / baselinePieces];
    return {
      suite,
      case: benchmark.name,
      ours: ours / unit,
      baseline: baseline / unit,
      against: benchmark.against,
      unit: benchmark.unit,
      ratio: ours / baseline,
      ...(contest.also === undefined ? {} : { also: contest.also() }),
    };
  } finally {
    await contest.close?.();
  }
}

/** Median nanoseconds of one call of each side. */
async function measure(
  contest: Contest,
  { rounds, warmUps, stopwatch }: { readonly rounds: number; readonly warmUps: number; readonly stopwatch: Stopwatch },
): Promise<{ readonly ours: number; readonly baseline: number }> {
  const { baseline: other } = contest;
  const works = [() => contest.ours(), ...(typeof other === "function" ? [() => other()] : [])];
  // In turn: a server that both ask would be warmed up by one for the other. Finding out how many calls make a sample is one of them.
  for (let call = 1; call < warmUps; call++) for (const work of works) await sample(work, 1, stopwatch);
  const sides = [];
  for (const work of works) {
    const calls = warmUps === 0 ? 1 : await calibrate(work, stopwatch);
    sides.push({ work, calls, times: new Array<number>() });
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
