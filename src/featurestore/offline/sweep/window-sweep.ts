import { isMissingRaw, missingRaw, type Raw, type RawColumn, type Slide, slideOf } from "../../../dsl/index.ts";
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

  constructor(plan: SweepPlan) {
    this.#plan = plan;
    this.#states = plan.states.map((state) => new RunningState(state, plan));
    this.#missing = plan.outputs.map(({ kind }) => missingRaw(kind));
  }

  /** Lets a stretch pass. `answers` is told the numbers of the rows that asked, then the outputs, as columns. */
  pass(passing: Passing, answers: Answers): void {
    const { rows, asks, at } = passing;
    let asked = 0;
    for (let i = 0; i < rows; i++) if (asks[i] !== 0) asked++;
    const numbers = new Float64Array(asked);
    const outputs = this.#missing.map((missing): Raw[] => new Array<Raw>(asked).fill(missing));
    for (let i = 0, r = 0; i < rows; i++) if (asks[i] !== 0) numbers[r++] = at[i] ?? 0;
    const leaves = this.#plan.windows.map((window) => leavesOf(window, this.#plan.direction, passing));
    const next = nextAsks(passing);
    for (const state of this.#states) state.pass(passing, leaves, next, outputs);
    if (asked > 0) answers([numbers, ...outputs], asked);
  }
}

/** One state of the key that passes. */
class RunningState {
  readonly #slide: Slide;
  readonly #state: SweptState;
  readonly #asks: number;
  readonly #takesMissing: boolean;
  #key = -1;

  constructor(state: SweptState, { windows }: SweepPlan) {
    this.#state = state;
    this.#slide = slideOf(state.rule);
    this.#asks = (windows[state.window]?.horizon ?? 0) + 1;
    this.#takesMissing = state.rule.code.takesMissing === true;
  }

  pass(passing: Passing, leaves: readonly Float64Array[], next: Float64Array, outputs: readonly Raw[][]): void {
    const { rows, key, moment, asks, at } = passing;
    const slide = this.#slide;
    const { results, window } = this.#state;
    const takesMissing = this.#takesMissing;
    const input = this.#state.input === undefined ? undefined : passing.inputs[this.#state.input];
    const where = this.#state.where === undefined ? undefined : passing.wheres[this.#state.where];
    const leave = leaves[window] ?? at;
    let current = this.#key;
    let row = -1;
    for (let i = 0; i < rows; i++) {
      const own = key[i] ?? -1;
      if (own !== current) {
        slide.clear();
        current = own;
      }
      const asked = asks[i] ?? 0;
      if (asked !== 0) {
        row++;
        if (asked !== this.#asks || own < 0) continue;
        slide.settle(moment[i] ?? 0);
        for (const { output, code } of results) (outputs[output] ?? [])[row] = code.finalize(slide.state, 0, 0);
        continue;
      }
      const until = leave[i] ?? 0;
      if (until <= (next[i] ?? 0)) continue;
      if (where !== undefined && where[i] !== 1) continue;
      const x = input === undefined ? 1 : (input[i] ?? null);
      if (takesMissing || !isMissingRaw(x)) slide.enter(x, at[i] ?? 0, until);
    }
    this.#key = current;
  }
}

/**
 * For each event the moment of the next row of its key, which is the first that can see it: what has left a window by then is never
 * taken in. Where none comes any more, infinity; where the stretch ends before one does, the event's own moment.
 */
function nextAsks({ rows, key, moment, asks }: Passing): Float64Array {
  const next = new Float64Array(rows);
  let ask: number | undefined;
  for (let i = rows - 1; i >= 0; i--) {
    if (i < rows - 1 && key[i] !== key[i + 1]) ask = Infinity;
    if (asks[i] !== 0) ask = moment[i] ?? 0;
    next[i] = ask ?? moment[i] ?? 0;
  }
  return next;
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
