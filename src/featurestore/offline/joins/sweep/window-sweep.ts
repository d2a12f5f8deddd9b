import { isMissingRaw, missingRaw, type Raw, type RawColumn, type Slide, slideOf } from "../../../../dsl/index.ts";
import type { SweepPlan, SweptState, SweptWindow } from "./sweep-plan.ts";

/** A stretch of the passage, by columns; see `passageSql`. */
export interface Passing {
  readonly rows: number;
  readonly key: Float64Array;
  readonly moment: Float64Array;
  readonly asks: Float64Array;
  readonly at: Float64Array;
  readonly until: Float64Array | undefined;
  readonly inputs: readonly RawColumn[];
  readonly wheres: readonly RawColumn[];
}

/** Takes the answers: of each output its column, and how many rows. */
export type Answers = (columns: readonly RawColumn[], rows: number) => void;

/**
 * Windows as of each row by one look at each event: it is taken into the states of its key when it passes and given up when it leaves
 * their windows. Memory follows what the windows of one key hold, work the events and rows, however many events a
 * row sees and however rows and events lie among the keys.
 */
export class WindowSweep {
  readonly #plan: SweepPlan;
  readonly #states: readonly RunningState[];
  readonly #missing: readonly Raw[];
  /** The key that passed last. */
  #key = Number.NaN;

  constructor(plan: SweepPlan) {
    this.#plan = plan;
    this.#states = plan.states.map((state) => new RunningState(state, plan));
    this.#missing = plan.outputs.map(({ kind }) => missingRaw(kind));
  }

  /** Lets a stretch pass. `answers` is told the numbers of the rows that asked, then the outputs, as columns. */
  pass(passing: Passing, answers: Answers): void {
    const runs = runsOf(passing, this.#key);
    this.#key = passing.key[passing.rows - 1] ?? this.#key;
    const asking = runs.filter(({ asks }) => asks !== 0);
    const numbers = Float64Array.from(asking, ({ end }) => passing.at[end] ?? 0);
    const outputs = this.#missing.map((missing): Raw[] => new Array<Raw>(asking.length).fill(missing));
    const leaves = this.#plan.windows.map((window) => leavesOf(window, this.#plan.direction, passing));
    for (const state of this.#states) state.pass(runs, passing, leaves, outputs);
    if (asking.length > 0) answers([numbers, ...outputs], asking.length);
  }
}

/** Events of one key that pass between two rows, from `start` to `end`, and what stands at `end`, if it is a row. */
interface Run {
  readonly start: number;
  readonly end: number;
  /** Whether the key is another one than that of the run before. */
  readonly begins: boolean;
  /** Which horizon the row at `end` asks about, from 1 on; 0 where none does: the key, or the stretch, ends. */
  readonly asks: number;
  /**
   * The moment of the row that sees these events first: what has left a window by then is never taken in. Where no row of the key comes
   * any more, infinity; where the stretch ends first, before all moments.
   */
  readonly seen: number;
}

function runsOf({ rows, key, moment, asks }: Passing, before: number): readonly Run[] {
  const runs: Run[] = [];
  let start = 0;
  let last = before;
  for (let i = 0; i < rows; i++) {
    const own = key[i] ?? -1;
    const asked = asks[i] ?? 0;
    const ends = key[i + 1] !== own;
    if (asked === 0 && !ends) continue;
    const whole = i + 1 < rows;
    const seen = asked !== 0 ? (moment[i] ?? 0) : whole ? Infinity : -Infinity;
    runs.push({ start, end: asked === 0 ? i + 1 : i, begins: own !== last, asks: asked, seen });
    start = i + 1;
    last = own;
  }
  return runs;
}

/** One state of the key that passes. */
class RunningState {
  readonly #slide: Slide;
  readonly #state: SweptState;
  readonly #asks: number;
  readonly #takesMissing: boolean;

  constructor(state: SweptState, { windows }: SweepPlan) {
    this.#state = state;
    this.#slide = slideOf(state.rule);
    this.#asks = (windows[state.window]?.horizon ?? 0) + 1;
    this.#takesMissing = state.rule.code.takesMissing === true;
  }

  pass(runs: readonly Run[], passing: Passing, leaves: readonly Float64Array[], outputs: readonly Raw[][]): void {
    const { key, moment, at } = passing;
    const slide = this.#slide;
    const { results, window } = this.#state;
    const takesMissing = this.#takesMissing;
    const input = this.#state.input === undefined ? undefined : passing.inputs[this.#state.input];
    const where = this.#state.where === undefined ? undefined : passing.wheres[this.#state.where];
    const leave = leaves[window] ?? at;
    let row = -1;
    for (const { start, end, begins, asks, seen } of runs) {
      if (begins) slide.clear();
      for (let i = start; i < end; i++) {
        const until = leave[i] ?? 0;
        // A version may have been replaced before it could be seen.
        if (until <= seen || until <= (moment[i] ?? 0)) continue;
        if (where !== undefined && where[i] !== 1) continue;
        const x = input === undefined ? 1 : (input[i] ?? null);
        if (takesMissing || !isMissingRaw(x)) slide.enter(x, at[i] ?? 0, until);
      }
      if (asks === 0) continue;
      row++;
      if (asks !== this.#asks || (key[end] ?? -1) < 0) continue;
      slide.settle(seen);
      for (const { output, code } of results) (outputs[output] ?? [])[row] = code.finalize(slide.state, 0, 0);
    }
  }
}

/**
 * The moment from which on an event does not count any more. Looking back, a window's start is the floor of `q - over` to its hop:
 * it has passed the event when a whole hop has. Looking forward from q one sees what happens after it.
 */
function leavesOf({ over, hop }: SweptWindow, direction: "back" | "next", passing: Passing): Float64Array {
  const { rows, at, until } = passing;
  const leaves = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const t = at[i] ?? 0;
    // The remainder of whole numbers is exact, and a quotient is not.
    const rest = t % hop;
    leaves[i] = direction === "back" ? t - (rest < 0 ? rest + hop : rest) + hop + over : t + over;
  }
  if (until !== undefined) {
    for (let i = 0; i < rows; i++) {
      const replaced = until[i] ?? Number.NaN;
      if (replaced < (leaves[i] ?? 0)) leaves[i] = replaced;
    }
  }
  return leaves;
}
