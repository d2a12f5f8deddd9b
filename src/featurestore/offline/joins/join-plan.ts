/** How windows are joined. */
export type WindowJoin = "sweep" | "range";

/** How states are joined. */
export type StateJoin = "asof" | "range";

/** How joins are done, where that is not left to the planner; results never depend on it. */
export interface JoinPlan {
  readonly windows?: WindowJoin;
  readonly states?: StateJoin;
  /** Into how many parts, by the hash of the key, a join is cut. */
  readonly parts?: number;
}

/** What the planner knows of a join's data before it chooses. */
export interface JoinFacts {
  /** Left rows, and how many different keys they have. */
  readonly rows: number;
  readonly keys: number;
  /** How many rows the source's files have; CSV does not say. */
  readonly sourceRows: number | undefined;
  /** The share of the source's rows that have a key of the left rows, from a look at some of them. */
  readonly keyShare: number;
  /** Columns that the join carries, besides keys and times. */
  readonly columns: number;
  /** Whether to read the source several times costs little. */
  readonly isReadAgain: boolean;
  /** Columns that pass a sweep, besides keys and times. */
  readonly swept: number;
  /** What the engine may hold, bytes. */
  readonly memory: number;
}

/** What the planner chose, and why. */
export interface ChosenJoin<J> {
  readonly join: J;
  readonly parts: number;
  /** Whether rows of other keys are left out as they are read. */
  readonly byKey: boolean;
  readonly reason: string;
}

/** So few rows, about one of a key, are paired with the states of their keys: nothing needs to be sorted or kept. */
const fewRows = 20_000;
/** Left rows of one key, on average, up to which pairs are few. */
const fewOfAKey = 4;
/** Above that share of rows whose keys are asked for it costs more to leave out the others early than late. */
const manyAsked = 0.5;
/** How much of the engine's memory the rows of a part may take, by a rough estimate: a join holds them about twice, sorted and hashed. */
const roomOfPart = 0.25;
/** How much of it what a sweep sorts at once may take, by an estimate; and each of its parts, where two are there at once. */
const roomOfSort = 0.8;
const roomOfSwept = 0.35;
/** More parts than that read the source too often. */
const maxParts = 64;

/** Chooses how states are joined. */
export function chooseStates(facts: JoinFacts, forced: JoinPlan = {}): ChosenJoin<StateJoin> {
  const { rows, keys } = facts;
  const isFew = rows <= fewRows && rows <= keys * fewOfAKey;
  const join = forced.states ?? (isFew ? "range" : "asof");
  const why =
    join === "range"
      ? `${counted(rows, "row")} of ${counted(keys, "key")}: each is paired with the states of its key that it may know`
      : `${counted(rows, "row")} of ${counted(keys, "key")}: rows and states are sorted once`;
  // Pairing streams the source past the rows, and holds nothing of it.
  return choice(join, join === "range" ? 1 : partsOf(facts), facts, why, forced);
}

/** Chooses how a table is joined: by key, since it has no time. */
export function chooseTable(facts: JoinFacts, forced: JoinPlan = {}): ChosenJoin<"table"> {
  return choice("table", 1, facts, "a table has no time", forced);
}

/** Chooses how windows are joined. A sweep needs no parts, since sorting spills: it is faster in those that need not. */
export function chooseWindows(facts: JoinFacts, forced: JoinPlan = {}): ChosenJoin<WindowJoin> {
  const join = forced.windows ?? "sweep";
  const why = join === "sweep" ? "each event is looked at once" : "each row is paired with the events that it sees";
  return choice(join, join === "sweep" ? sweepParts(facts) : partsOf(facts), facts, why, forced);
}

function choice<J>(join: J, parts: number, facts: JoinFacts, why: string, forced: JoinPlan): ChosenJoin<J> {
  const cut = forced.parts ?? parts;
  const byKey = (cut > 1 && join !== "sweep") || facts.keyShare < manyAsked;
  const reasons = [
    why,
    ...(byKey && facts.keyShare < manyAsked ? ["other keys are left out as they are read"] : []),
    ...(cut > 1 ? [`in ${String(cut)} parts of the keys, for want of memory`] : []),
  ];
  return { join, parts: cut, byKey, reason: reasons.join("; ") };
}

/** In how many parts what is held of a source at once fits into memory: eight bytes a column, time, key and order. */
function partsOf({ sourceRows, keyShare, columns, memory }: JoinFacts): number {
  if (sourceRows === undefined) return 1;
  const bytes = sourceRows * keyShare * 8 * (columns + 4);
  return Math.min(maxParts, Math.max(1, Math.ceil(bytes / (memory * roomOfPart))));
}

/** In how many parts what is swept is sorted without spilling, where the source can be read as many times: one is sorted while another is swept. */
function sweepParts({ rows, sourceRows, keyShare, swept, isReadAgain, memory }: JoinFacts): number {
  if (sourceRows === undefined || !isReadAgain) return 1;
  const bytes = (sourceRows * keyShare + rows) * 8 * (swept + 6);
  return bytes <= memory * roomOfSort ? 1 : Math.min(maxParts, Math.ceil(bytes / (memory * roomOfSwept)));
}

function counted(n: number, what: string): string {
  return `${n.toLocaleString("en-US")} ${what}${n === 1 ? "" : "s"}`;
}
